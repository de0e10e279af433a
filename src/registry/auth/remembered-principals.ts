/** Credentials that were found good, believed again for a while unless accounts change. */
import { hash } from 'node:crypto';
import type { Principal } from '../core/access.ts';
import { type MaybePromise, andThen } from '../core/maybe-promise.ts';
import type { Clock } from '../core/ports.ts';

const REMEMBER_MS = 10 * 60_000;

/** So many different credentials are remembered. */
const REMEMBERED_MAX = 1_000;

interface Remembered {
  readonly version: number;
  /** A clock that was set back since has made what was found of another time. */
  readonly since: number;
  principal: MaybePromise<Principal>;
}

/**
 * Gives the principal of credentials.
 * @param version of the accounts; what was found with another one is not believed
 * @param identify finds out who it is, for all who ask meanwhile; what it rejects with is not remembered
 */
export type Recall = (
  authorization: string,
  version: number,
  identify: () => Promise<Principal>,
) => MaybePromise<Principal>;

/** Makes the memory. */
export function rememberPrincipals(clock: Clock): Recall {
  const remembered = new Map<string, Remembered>();

  const learn = (key: string, version: number, since: number, identify: () => Promise<Principal>) => {
    const principal = identify();
    const entry: Remembered = { version, since, principal };
    remembered.delete(key);
    remembered.set(key, entry);
    principal.then(
      (found) => void (entry.principal = found),
      () => remembered.delete(key),
    );
    if (remembered.size > REMEMBERED_MAX) remembered.delete(remembered.keys().next().value ?? key);
    return principal;
  };
  return (authorization, version, identify) => {
    const key = hash('sha256', authorization, 'base64url');
    const known = remembered.get(key);
    const now = clock.now().getTime();
    if (known === undefined || !isFresh(known, version, now)) return learn(key, version, now, identify);
    return andThen(known.principal, (principal) =>
      hasEnded(principal, now) ? learn(key, version, now, identify) : principal,
    );
  };
}

function isFresh({ version, since }: Remembered, current: number, now: number): boolean {
  return version === current && now >= since && now - since < REMEMBER_MS;
}

function hasEnded({ expiresAt }: Principal, now: number): boolean {
  return expiresAt !== undefined && expiresAt.getTime() <= now;
}
