/** Keeps work in the background from getting in the way of requests. */
import { setImmediate, setTimeout } from 'node:timers/promises';

/** Lets work go on in short steps. */
export interface Pace {
  /** To be awaited between steps. @throws the signal's reason when the work shall end */
  rest(): Promise<void>;
}

/** How long steps may follow each other before requests get their turn, in milliseconds. */
const SLICE_MS = 2;

/** A step that took long waited for the disk, and was in nobody's way meanwhile: the rest is no longer than this. */
const REST_MAX_MS = 8;

/**
 * Makes a pace.
 * @param share which part of the time may be worked, above 0 and at most 1; at 1 others only get their turn
 */
export function createPace(share: number, signal: AbortSignal): Pace {
  let begun = performance.now();
  return {
    async rest() {
      signal.throwIfAborted();
      const worked = performance.now() - begun;
      if (worked < SLICE_MS) return;
      if (share === 1) await setImmediate();
      else await setTimeout(Math.min(worked * (1 / share - 1), REST_MAX_MS), undefined, { signal });
      begun = performance.now();
    },
  };
}
