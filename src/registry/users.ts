/** Users and permissions that come from the configuration. */
import { hashAccessToken } from './auth/access-token.ts';
import { hashPassword, verifyPassword } from './auth/passwords.ts';
import type { InitialUser, ListenAddress, RegistryConfig } from './config.ts';
import { ALL_ACTIONS } from './core/access.ts';
import type { AccountMetadata, Permission, Policy, User } from './core/account-metadata.ts';

/** Why a registry does not start without users. */
export class UsersNeededError extends Error {
  override readonly name = 'UsersNeededError';
}

/** The name of the access token that a configured user has. */
const CONFIGURED_TOKEN = 'devreg';

/** Makes the users, or gives them password and token, unless they have them. Those that are there besides stay. */
export async function ensureUsers(metadata: AccountMetadata, users: readonly InitialUser[]): Promise<void> {
  for (const { name, password, token } of users) {
    const user = await ensureUser(metadata, name, password);
    if (token !== undefined) await ensureToken(metadata, user, hashAccessToken(token));
  }
}

async function ensureUser(metadata: AccountMetadata, name: string, password: string): Promise<User> {
  const known = await metadata.findUser(name);
  if (known?.isAdmin === true && (await verifyPassword(password, known.passwordHash))) return known;
  return metadata.putUser({ name, passwordHash: await hashPassword(password), isAdmin: true });
}

async function ensureToken(metadata: AccountMetadata, user: User, hash: string): Promise<void> {
  if ((await metadata.findAccessToken(hash))?.userId === user.id) return;
  const before = (await metadata.listAccessTokens(user.id)).find((token) => token.name === CONFIGURED_TOKEN);
  if (before !== undefined) await metadata.removeAccessToken(before.id);
  await metadata.createAccessToken({
    userId: user.id,
    name: CONFIGURED_TOKEN,
    hash,
    limits: undefined,
    expiresAt: undefined,
  });
}

/** The policies that hold as long as the registry is started so. */
export function configuredPolicies({ requireOwner }: Pick<RegistryConfig, 'requireOwner'>): readonly Policy[] {
  return requireOwner ? [{ id: 0, kind: 'require-owner', pattern: '**' }] : [];
}

/** Anybody may do everything; what is stored may still say more about who else may what. */
const OPEN: Permission = {
  id: 0,
  grantee: 'anonymous',
  pattern: '**',
  actions: ALL_ACTIONS.filter((action) => action !== 'admin'),
};

/**
 * The permissions that follow from how the registry is reached: open to all where only this machine reaches it and
 * nobody has been given a password (S2-02), or where that was asked for.
 * @throws UsersNeededError when the registry could be reached from elsewhere, has no users, and nothing was asked for
 */
export function openness(
  listen: readonly ListenAddress[],
  anonymousPush: boolean,
  hasUsers: boolean,
): (users: readonly User[]) => readonly Permission[] {
  if (anonymousPush) return () => [OPEN];
  const isLocal = listen.every(({ host }) => isLoopback(host));
  if (!isLocal && !hasUsers) throw new UsersNeededError('Reachable from other machines, with nobody who could log in.');
  return (users) => (isLocal && users.length === 0 ? [OPEN] : []);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
