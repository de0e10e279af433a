/** Keeps reading from taking the whole disk. */
import { setTimeout } from 'node:timers/promises';

/** Shorter waits are put off until they add up. */
const SHORTEST_WAIT_MS = 5;

/**
 * Makes a function to be awaited after each read.
 * @param bytesPerSecond what may be read on average
 */
export function createRate(
  bytesPerSecond: number,
  now: () => number = () => performance.now(),
  wait: (milliseconds: number) => Promise<void> = (milliseconds) => setTimeout(milliseconds),
): (bytes: number) => Promise<void> {
  let free = now();
  return async (bytes) => {
    free = Math.max(free, now() - SHORTEST_WAIT_MS) + (bytes / bytesPerSecond) * 1_000;
    const early = free - now();
    if (early > SHORTEST_WAIT_MS) await wait(early);
  };
}
