/** Everything `Metadata` knows about accounts, over one connection. */
import type { DatabaseSync } from 'node:sqlite';
import type { AccountMetadata } from '../../core/account-metadata.ts';
import type { Clock } from '../../core/ports.ts';
import type { Writes } from '../group-commit.ts';
import { openAccessTokens } from './access-tokens.ts';
import { AccountsVersion } from './accounts-version.ts';
import { openPermissions } from './permissions.ts';
import { openPolicies } from './policies.ts';
import { openSecrets } from './secrets.ts';
import { openUsers } from './users.ts';

/** Prepares every statement about accounts once; reading methods run at once, writing ones through `writes`. */
export function openAccounts(database: DatabaseSync, writes: Writes, clock: Clock): AccountMetadata {
  const version = new AccountsVersion(database);
  return {
    accountsVersion: () => version.read(),
    ...openUsers(database, version, writes),
    ...openAccessTokens(database, version, writes, clock),
    ...openPermissions(database, version, writes),
    ...openPolicies(database, version, writes),
    ...openSecrets(database, writes),
  };
}
