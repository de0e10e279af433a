/** Users and permissions that come from the configuration. */
import { hashPassword, verifyPassword } from './auth/passwords.ts';
import type { InitialUser, ListenAddress } from './config.ts';
import { ALL_ACTIONS } from './core/access.ts';
import type { AccountMetadata, Permission, User } from './core/ports.ts';

/** Why a registry does not start without users. */
export class UsersNeededError extends Error {
  override readonly name = 'UsersNeededError';
}

/** Makes the users, or gives them the password, unless they have it. Those that are there besides stay. */
export async function ensureUsers(metadata: AccountMetadata, users: readonly InitialUser[]): Promise<void> {
  for (const { name, password } of users) {
    const known = await metadata.findUser(name);
    if (known?.isAdmin === true && (await verifyPassword(password, known.passwordHash))) continue;
    await metadata.putUser({ name, passwordHash: await hashPassword(password), isAdmin: true });
  }
}

/** Anybody may do everything; what is stored may still say more about who else may what. */
const OPEN: Permission = { id: 0, grantee: 'anonymous', pattern: '**', actions: ALL_ACTIONS.filter((action) => action !== 'admin') };

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
