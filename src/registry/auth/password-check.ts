/** Checking and hashing passwords without letting guesses cost the server its processors or its memory. */
import type { User } from '../core/account-metadata.ts';
import { RegistryError } from '../core/registry-error.ts';
import { NOBODYS_HASH, hashPassword, verifyPassword } from './passwords.ts';

/** Each check takes a thread that file operations need as well. */
const PARALLEL_MAX = 2;

/** More guesses than this in the queue are an attack, or a mistake in a loop. */
const WAITING_MAX = 64;

/** Checks passwords. */
export interface PasswordCheck {
  /**
   * Whether it is the user's password. Takes the same time for a user who does not exist.
   * @throws RegistryError `too-many-requests`
   */
  verify(password: string, user: User | undefined): Promise<boolean>;
  /** Hashes a new password, which costs the same. @throws RegistryError `too-many-requests` */
  hash(password: string): Promise<string>;
}

/** Makes the check. */
export function createPasswordCheck(): PasswordCheck {
  let running = 0;
  const waiting: (() => void)[] = [];
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting.length >= WAITING_MAX) throw new RegistryError('too-many-requests', 'Too many logins at once.');
    if (running >= PARALLEL_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
  return {
    verify: (password, user) => inTurn(() => verifyPassword(password, user?.passwordHash ?? NOBODYS_HASH)),
    hash: (password) => inTurn(() => hashPassword(password)),
  };
}
