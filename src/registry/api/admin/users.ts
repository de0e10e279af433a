/** Endpoints of users: list, add, look, change the password, remove. */
import type { PasswordCheck } from '../../auth/password-check.ts';
import type { AccountMetadata, User } from '../../core/account-metadata.ts';
import { RegistryError } from '../../core/registry-error.ts';
import type { Endpoint, EndpointRequest } from '../../http/endpoint.ts';
import { jsonReply } from '../../http/reply.ts';
import { accountEndpoint } from './endpoint.ts';
import { optional, readFields, required, text } from './fields.ts';
import { PASSWORD, USER_NAME, parsePassword, parseUserName } from './values.ts';

/** GET of `users`. */
export function listUsers(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('administrator', async () => {
    const users = await metadata.listUsers();
    return jsonReply(200, { users: users.map(toView) });
  });
}

/** POST to `users`: `{name, password, admin?}`. */
export function addUser(metadata: AccountMetadata, passwords: PasswordCheck): Endpoint {
  return accountEndpoint('administrator', async (request) => {
    const fields = await readFields(request, ['name', 'password', 'admin']);
    const name = required(fields, 'name', USER_NAME, text(parseUserName));
    const password = required(fields, 'password', PASSWORD, text(parsePassword));
    const isAdmin = optional(fields, 'admin', 'true or false', parseBoolean) ?? false;
    const user = await metadata.createUser({ name, passwordHash: await passwords.hash(password), isAdmin });
    if (user === undefined) throw new RegistryError('user-exists', `There is a user called ${name} already.`);
    return { ...jsonReply(201, toView(user)), subject: user.name };
  });
}

/** GET of `users/{name}`. */
export function getUser(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('account', async (request) => jsonReply(200, toView(await requireUser(metadata, request))));
}

/** DELETE of `users/{name}`, with tokens and permissions. */
export function removeUser(metadata: AccountMetadata): Endpoint {
  return accountEndpoint('administrator', async ({ names }) => {
    const [name = ''] = names;
    if (!(await metadata.removeUser(name))) throw userUnknown(name);
    return { status: 204, headers: {} };
  });
}

/** PUT to `users/{name}/password`: `{password}`. What was issued for the old one ends. */
export function putPassword(metadata: AccountMetadata, passwords: PasswordCheck): Endpoint {
  return accountEndpoint('account', async (request) => {
    const fields = await readFields(request, ['password']);
    const password = required(fields, 'password', PASSWORD, text(parsePassword));
    const user = await requireUser(metadata, request);
    const changed = await metadata.changePassword(user.id, await passwords.hash(password));
    if (changed === undefined) throw userUnknown(user.name);
    return { status: 204, headers: {} };
  });
}

/** The user that the path names. @throws RegistryError `user-unknown` */
export async function requireUser(metadata: AccountMetadata, { names }: EndpointRequest): Promise<User> {
  const [name = ''] = names;
  const user = await metadata.findUser(name);
  if (user === undefined) throw userUnknown(name);
  return user;
}

/** Nobody is called so. */
export function userUnknown(name: string): RegistryError {
  return new RegistryError('user-unknown', `There is no user called ${name}.`);
}

/** What is told of a user; the password's hash is not. */
function toView({ name, isAdmin }: User): object {
  return { name, admin: isAdmin };
}

function parseBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}
