/** What clients were told is there, and stays there until they could have made use of it. */
import type { Digest } from '../../oci/digest.ts';
import { type MaybePromise, andThen } from './maybe-promise.ts';

/**
 * Leases keep the collection of garbage from what clients rely on: who is told that a blob is there does not upload it,
 * and names it in a manifest some time later.
 *
 * They live in memory. A registry that is started knows none of an earlier one, and so takes away nothing before the
 * last of those has ended (`PromiseEnd`). Where several processes serve from one database, a lease is a row of it with
 * digest and end: granting is an upsert, and the transaction that removes looks for rows that have not ended. A hold is
 * such a row of the process that works, renewed while it does, and a claim an insert that fails where there is either.
 */
export interface Leases extends Disposable {
  /**
   * Whoever was just told that a digest is there may rely on it for the time of a lease. Costs some dozen nanoseconds.
   * @returns whether nobody had a lease before: then it may have been removed while it was looked up
   */
  grant(digest: Digest): boolean;
  /** Whether a digest must stay, because of a lease or because somebody works with it. */
  isKept(digest: Digest): boolean;
  /** Keeps a digest while bytes or facts of it are being written; waits for a removal under way. */
  hold(digest: Digest): Promise<Disposable>;
  /** Takes a digest for the removal of its bytes. @returns undefined while somebody works with it */
  claim(digest: Digest): Disposable | undefined;
}

/**
 * Makes leases. One lasts for the time given, and at most for twice that: granted ones are kept in two sets, of which
 * the older is dropped each time that passes, so that none needs a time of its own.
 * @param time in milliseconds; 0: nothing is ever promised
 */
export function createLeases(time: number): Leases {
  let granted = new Set<Digest>();
  let older = new Set<Digest>();
  const holds = new Map<Digest, number>();
  const claims = new Map<Digest, PromiseWithResolvers<void>>();
  const turn = () => {
    older = granted;
    granted = new Set();
  };
  const timer = time > 0 ? setInterval(turn, Math.min(time, LONGEST_TIMER)).unref() : undefined;

  const hold = async (digest: Digest): Promise<Disposable> => {
    for (let claim = claims.get(digest); claim !== undefined; claim = claims.get(digest)) await claim.promise;
    holds.set(digest, (holds.get(digest) ?? 0) + 1);
    return { [Symbol.dispose]: () => release(digest) };
  };
  const release = (digest: Digest) => {
    const left = (holds.get(digest) ?? 1) - 1;
    if (left === 0) holds.delete(digest);
    else holds.set(digest, left);
  };
  return {
    grant(digest) {
      if (timer === undefined || granted.has(digest)) return false;
      granted.add(digest);
      return !older.has(digest);
    },
    isKept: (digest) => granted.has(digest) || older.has(digest) || holds.has(digest),
    hold,
    claim(digest) {
      if (holds.has(digest) || claims.has(digest)) return undefined;
      const claim = Promise.withResolvers<void>();
      claims.set(digest, claim);
      return {
        [Symbol.dispose]() {
          claims.delete(digest);
          claim.resolve();
        },
      };
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Of timers, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Looks something up and tells it with a lease. What is found without a lease may be removed before the lease is
 * granted; so it is looked up once more.
 * @param look gives undefined for what is not there
 */
export function lookWithLease<T>(
  leases: Pick<Leases, 'grant'>,
  look: () => MaybePromise<T | undefined>,
  digestOf: (found: T) => Digest,
): MaybePromise<T | undefined> {
  return andThen(look(), (found) =>
    found === undefined || !leases.grant(digestOf(found)) ? found : lookWithLease(leases, look, digestOf),
  );
}
