/** The table of the account API's endpoints. */
import type { PasswordCheck } from '../../auth/password-check.ts';
import type { AccountMetadata, Policy } from '../../core/account-metadata.ts';
import type { Clock } from '../../core/ports.ts';
import type { AccountTarget } from '../../http/account-paths.ts';
import type { EndpointTable } from '../../http/endpoint.ts';
import { createToken, listTokens, revokeToken } from './access-tokens.ts';
import { grantPermission, listPermissions, revokePermission } from './permissions.ts';
import { addPolicy, listPolicies, removePolicy } from './policies.ts';
import { addUser, getUser, listUsers, putPassword, removeUser } from './users.ts';

/** What the endpoints need. */
export interface AccountParts {
  readonly metadata: AccountMetadata;
  readonly passwords: PasswordCheck;
  readonly clock: Clock;
  /** Policies that hold beside the stored ones. */
  readonly configured: () => readonly Policy[];
}

/** Makes the table. */
export function createAccountEndpoints({
  metadata,
  passwords,
  clock,
  configured,
}: AccountParts): Pick<EndpointTable, AccountTarget> {
  return {
    users: { GET: listUsers(metadata), POST: addUser(metadata, passwords) },
    user: { GET: getUser(metadata), DELETE: removeUser(metadata) },
    password: { PUT: putPassword(metadata, passwords) },
    'access-tokens': { GET: listTokens(metadata), POST: createToken(metadata, clock) },
    'access-token': { DELETE: revokeToken(metadata) },
    permissions: {
      GET: listPermissions(metadata),
      POST: grantPermission(metadata),
      DELETE: revokePermission(metadata),
    },
    policies: { GET: listPolicies(metadata, configured), POST: addPolicy(metadata), DELETE: removePolicy(metadata) },
  };
}
