/** Slows down whoever guesses passwords, for a user and an address at a time, so that nobody else is locked out. */
import { createHmac, hash, randomBytes } from 'node:crypto';
import type { Clock } from '../core/ports.ts';
import { RegistryError } from '../core/registry-error.ts';

/** How many guesses may fail at once, and how soon another one may. */
interface Allowance {
  readonly burst: number;
  readonly everyMs: number;
}

/** Somebody who mistypes, or a program with a stale password that a few nodes run. */
const PER_USER: Allowance = { burst: 20, everyMs: 10_000 };

/** One password tried on many users. Large enough that one program with a stale password never uses it up. */
const PER_ADDRESS: Allowance = { burst: 100, everyMs: 3_000 };

/** Users and addresses remembered; some hundred bytes each. */
const REMEMBERED_MAX = 10_000;

/** Guesses that wait for one another to fail or succeed; more at a time are an attack. */
const WAITING_MAX = 32;

/** What one user from one address, or one address, has failed. */
interface Level {
  /** Every failure adds `everyMs`, which then go by. */
  owedMs: number;
  at: number;
  pending: number;
  /** The guess that failed last, unrecognisable: a program that repeats it does not guess. */
  lastWrong: string | undefined;
  /** Wakes those that wait until one of the pending guesses is over. */
  readonly waiting: (() => void)[];
}

/** A name and a password that may belong together. */
interface Login {
  readonly name: string;
  readonly password: string;
  /** The address it comes from. */
  readonly client: string;
}

/** Lets guesses through as long as not too many have failed. */
export interface LoginThrottle {
  /**
   * Makes one guess.
   * @returns what the guess returns: whether it was right
   * @throws RegistryError `too-many-requests` with the time to wait, without making the guess
   */
  attempt(login: Login, guess: () => Promise<boolean>): Promise<boolean>;
}

/** Makes the throttle. */
export function createLoginThrottle(clock: Clock): LoginThrottle {
  const levels = new Map<string, Level>();
  const levelOf = (key: string): Level => {
    const level = levels.get(key) ?? { owedMs: 0, at: 0, pending: 0, lastWrong: undefined, waiting: [] };
    levels.delete(key);
    levels.set(key, level);
    if (levels.size > REMEMBERED_MAX) levels.delete(levels.keys().next().value ?? key);
    return level;
  };
  const enter = async (level: Level, allowance: Allowance): Promise<void> => {
    for (;;) {
      drain(level, clock.now().getTime());
      const { burst, everyMs } = allowance;
      const excess = level.owedMs + (level.pending + 1 - burst) * everyMs;
      if (excess <= 0) break;
      if (level.pending === 0) throw tooMany(excess / 1_000);
      if (level.waiting.length >= WAITING_MAX) throw tooMany(1);
      await new Promise<void>((resolve) => level.waiting.push(resolve));
    }
    level.pending++;
  };
  const leave = (level: Level, owedMs: number): void => {
    level.pending--;
    level.owedMs += owedMs;
    for (const wake of level.waiting.splice(0)) wake();
  };
  const secret = randomBytes(32);
  return {
    async attempt({ name, password, client }, guess) {
      const network = networkOf(client);
      // Hashes, so that a long name costs no more to remember than a short one.
      const ofUser = levelOf(hash('sha256', `${network} ${name.toLowerCase()}`, 'base64url'));
      const ofAddress = levelOf(network);
      const wrong = createHmac('sha256', secret).update(password).digest('base64url');
      const isRepeated = ofUser.lastWrong === wrong;
      await enter(ofUser, PER_USER);
      let isRight: boolean | undefined;
      try {
        await enter(ofAddress, PER_ADDRESS);
        try {
          isRight = await guess();
          return isRight;
        } finally {
          leave(ofAddress, isRight === false && !isRepeated ? PER_ADDRESS.everyMs : 0);
        }
      } finally {
        if (isRight === true) ofUser.owedMs = 0;
        if (isRight === false) ofUser.lastWrong = wrong;
        leave(ofUser, isRight === false && !isRepeated ? PER_USER.everyMs : 0);
      }
    },
  };
}

function drain(level: Level, now: number): void {
  level.owedMs = Math.max(0, level.owedMs - Math.max(0, now - level.at));
  level.at = now;
}

function tooMany(seconds: number): RegistryError {
  const retryAfter = Math.max(1, Math.ceil(seconds));
  return new RegistryError('too-many-requests', `Too many failed logins; try again in ${retryAfter} s.`, {
    retryAfter,
  });
}

/** What one person has of addresses: one of IPv4, 2^64 of IPv6. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return groups.slice(0, 4).join(':');
}
