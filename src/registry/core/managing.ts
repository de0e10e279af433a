/** Who may manage accounts: the one place where that is decided. Pure. */
import type { Principal } from './access.ts';

/**
 * What managing takes. `administrator`: to be one. `account`: to be the user that is named, or an administrator.
 * `user`: to be any user; what is shown and done is decided case by case.
 */
export type Managing = 'administrator' | 'account' | 'user';

/** How it came out. `password-needed`: the principal may, but not with a token, which could make a longer-lived one. */
export type ManagingDecision = 'allowed' | 'credentials-needed' | 'password-needed' | 'denied';

/** @param named the user that the path names */
export function decideManaging(principal: Principal, needs: Managing, named: string): ManagingDecision {
  const { user } = principal;
  if (user === undefined) return 'credentials-needed';
  const isAllowed =
    user.isAdmin || needs === 'user' || (needs === 'account' && named.toLowerCase() === user.name.toLowerCase());
  if (!isAllowed) return 'denied';
  const isToken = principal.accessTokenId !== undefined || principal.scopes !== undefined;
  return isToken ? 'password-needed' : 'allowed';
}
