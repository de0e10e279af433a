/** What earlier processes told their clients, and for how long that must hold. */
import type { Clock } from '../core/ports.ts';
import type { SweepMetadata } from '../core/sweep-metadata.ts';

/** The leases of earlier processes, of which nothing is known but when the last of them ends. */
export interface EarlierPromises {
  /** When the last one ends, by the clock; undefined when it has. */
  end(): Date | undefined;
}

/** No lease is longer, unless this process gives longer ones; an end beyond comes of a clock that was wrong. */
const LONGEST_MS = 24 * 60 * 60_000;

/**
 * Finds out. Where the last process died, its leases may have been granted a moment ago, and are noted to end in time.
 * @param lease in milliseconds
 */
export async function findEarlierPromises(
  metadata: SweepMetadata,
  clock: Clock,
  lease: number,
): Promise<EarlierPromises> {
  const now = clock.now().getTime();
  const noted = await metadata.findPromiseEnd();
  const left = noted === 'open' ? lease : Math.min(noted.getTime() - now, Math.max(lease, LONGEST_MS));
  if (noted === 'open') await metadata.notePromiseEnd(new Date(now + lease));
  // From here on by a clock that nobody sets.
  const end = performance.now() + left;
  return { end: () => (performance.now() < end ? new Date(now + left) : undefined) };
}

/**
 * Notes that leases are granted from now on. Disposing notes when the last of them, and of the earlier ones, ends.
 */
export async function beginPromises(
  metadata: SweepMetadata,
  clock: Clock,
  lease: number,
): Promise<EarlierPromises & AsyncDisposable> {
  const earlier = await findEarlierPromises(metadata, clock, lease);
  await metadata.notePromiseEnd('open');
  return {
    end: () => earlier.end(),
    async [Symbol.asyncDispose]() {
      const own = clock.now().getTime() + lease;
      await metadata.notePromiseEnd(new Date(Math.max(own, earlier.end()?.getTime() ?? 0)));
    },
  };
}
