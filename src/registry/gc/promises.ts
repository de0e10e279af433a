/** What earlier processes told their clients, and for how long that must hold. */
import type { Clock } from '../core/ports.ts';
import type { PromiseEnd, SweepMetadata } from '../core/sweep-metadata.ts';

/** The leases of earlier processes, of which nothing is known but when the last of them ends. */
export interface EarlierPromises {
  /** When the last one ends, by the clock; undefined when it has. */
  end(): Date | undefined;
}

/** No lease is longer, unless this process gives longer ones; an end beyond comes of a clock that was wrong. */
const LONGEST_MS = 24 * 60 * 60_000;

/** How long to wait with noting what could not be noted, as on a full disk. */
const AGAIN_AFTER_MS = 10_000;

/**
 * Finds out, for a process that gives no leases itself. Where the last process died, its leases may have been granted a
 * moment ago; that they end in time is noted.
 * @param lease in milliseconds
 */
export async function findEarlierPromises(
  metadata: SweepMetadata,
  clock: Clock,
  lease: number,
): Promise<EarlierPromises> {
  const noted = await metadata.findPromiseEnd();
  const earlier = promisesUntil(noted, clock, lease);
  if (noted === 'open') await metadata.notePromiseEnd(earlier.end() ?? clock.now());
  return earlier;
}

/**
 * Notes that leases are granted from now on. Disposing notes when the last of them, and of the earlier ones, ends; where
 * that fails, the next process finds what it finds after a death.
 * @param report gets what kept something from being noted; a beginning is tried again
 */
export async function beginPromises(
  metadata: SweepMetadata,
  clock: Clock,
  lease: number,
  report: (error: unknown) => void,
): Promise<EarlierPromises & AsyncDisposable> {
  const noted = await metadata.findPromiseEnd();
  const earlier = promisesUntil(noted, clock, lease);
  let again: NodeJS.Timeout | undefined;
  const begin = async () => {
    try {
      await metadata.notePromiseEnd('open');
    } catch (error) {
      report(error);
      again = setTimeout(() => void begin(), AGAIN_AFTER_MS).unref();
    }
  };
  if (noted !== 'open') await begin();
  return {
    ...earlier,
    async [Symbol.asyncDispose]() {
      clearTimeout(again);
      const own = clock.now().getTime() + lease;
      await metadata.notePromiseEnd(new Date(Math.max(own, earlier.end()?.getTime() ?? 0))).catch(report);
    },
  };
}

/** From here on by a clock that nobody sets. */
function promisesUntil(noted: PromiseEnd, clock: Clock, lease: number): EarlierPromises {
  const now = clock.now().getTime();
  const left = noted === 'open' ? lease : Math.min(noted.getTime() - now, Math.max(lease, LONGEST_MS));
  const end = performance.now() + left;
  return { end: () => (performance.now() < end ? new Date(now + left) : undefined) };
}
