/** Endpoints of permissions: who may do what in which repositories. Administrators of repositories manage their own. */
import type { Access } from '../../core/access.ts';
import type { AccountMetadata, Action, Permission, User } from '../../core/account-metadata.ts';
import { RegistryError } from '../../core/registry-error.ts';
import { parsePattern } from '../../core/repository-pattern.ts';
import type { Endpoint, EndpointRequest } from '../../http/endpoint.ts';
import { jsonReply } from '../../http/reply.ts';
import { accountEndpoint } from './endpoint.ts';
import { type Fields, invalid, optional, readFields, readParameters, required, text } from './fields.ts';
import { userUnknown } from './users.ts';
import { ACTIONS, PATTERN, parseActions } from './values.ts';

/** GET of `permissions`: those that the user may change, and those of the user. */
export function listPermissions(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('user', async ({ principal, access }) => {
    const users = new Map((await metadata.listUsers()).map((user) => [user.id, user]));
    const shown = (await metadata.listPermissions()).filter(
      ({ grantee, pattern }) => grantee === principal.user?.id || access.administers(principal, pattern),
    );
    return jsonReply(200, { permissions: shown.map((permission) => toView(permission, users)) });
  });
}

/** POST to `permissions`: `{grantee, pattern, actions}` adds to what is there. */
export function grantPermission(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('user', async (request) => {
    const fields = await readFields(request, ['grantee', 'pattern', 'actions']);
    const pattern = requirePattern(fields);
    const actions = required(fields, 'actions', ACTIONS, parseActions);
    demandAdmin(request, request.access, pattern);
    const { grantee, user } = await requireGrantee(metadata, fields);
    if (grantee === 'anonymous' && actions.includes('admin'))
      throw invalid('Nobody administers a repository without having logged in.');
    const permission = await metadata.addPermission({ grantee, pattern, actions });
    const view = toView(permission, new Map(user === undefined ? [] : [[user.id, user]]));
    return { ...jsonReply(201, view), subject: subjectOf(fields, pattern, actions) };
  });
}

/** DELETE of `permissions?grantee=…&pattern=…`: all actions, or those in `actions`, separated by commas. */
export function revokePermission(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('user', async (request) => {
    const fields = readParameters(request, ['grantee', 'pattern', 'actions']);
    const pattern = requirePattern(fields);
    const actions = optional(
      fields,
      'actions',
      ACTIONS,
      text((words) => parseActions(words.split(','))),
    );
    demandAdmin(request, request.access, pattern);
    const { grantee } = await requireGrantee(metadata, fields);
    const isRevoked = await revoke(metadata, grantee, pattern, actions);
    if (!isRevoked) throw permissionUnknown(fields, actions);
    return { status: 204, headers: {}, subject: subjectOf(fields, pattern, actions) };
  });
}

async function revoke(
  metadata: AccountMetadata,
  grantee: Permission['grantee'],
  pattern: string,
  actions: readonly Action[] | undefined,
): Promise<boolean> {
  const meant = (await metadata.listPermissions()).filter((one) => one.grantee === grantee && one.pattern === pattern);
  const revoked = await Promise.all(meant.map(({ id }) => metadata.removePermission(id, actions)));
  return revoked.includes(true);
}

function demandAdmin({ principal }: EndpointRequest, access: Access, pattern: string): void {
  if (access.administers(principal, pattern)) return;
  const message = `access denied: ${principal.user?.name ?? ''} lacks admin for all of ${pattern}.`;
  throw new RegistryError('denied', message, { detail: { pattern, action: 'admin' } });
}

function requirePattern(fields: Fields): string {
  return required(fields, 'pattern', PATTERN, text(parsePattern));
}

async function requireGrantee(
  metadata: AccountMetadata,
  fields: Fields,
): Promise<{ readonly grantee: Permission['grantee']; readonly user?: User }> {
  const name = required(
    fields,
    'grantee',
    'a user, anonymous or authenticated',
    text((word) => word || undefined),
  );
  if (name === 'anonymous' || name === 'authenticated') return { grantee: name };
  const user = await metadata.findUser(name);
  if (user === undefined) throw userUnknown(name);
  return { grantee: user.id, user };
}

function subjectOf(fields: Fields, pattern: string, actions: readonly Action[] | undefined): string {
  return [String(fields.get('grantee')), pattern, actions?.join(',') ?? ''].join(' ').trimEnd();
}

function permissionUnknown(fields: Fields, actions: readonly Action[] | undefined): RegistryError {
  const what = actions === undefined ? '' : ` ${actions.join(',')}`;
  const message = `There is no permission${what} of ${String(fields.get('grantee'))} for ${String(fields.get('pattern'))}.`;
  return new RegistryError('permission-unknown', message);
}

function toView({ grantee, pattern, actions }: Permission, users: ReadonlyMap<number, User>): object {
  return { grantee: typeof grantee === 'number' ? users.get(grantee)?.name : grantee, pattern, actions };
}
