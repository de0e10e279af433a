/** The time as far as it may be relied on where something is removed for its age: a clock that jumps ages nothing. */
import type { Clock } from '../core/ports.ts';

/** Clocks are set right by some seconds all the time. */
const TOLERANCE_MS = 60_000;

/**
 * Makes a clock that believes a jump ahead only when it has lasted for a while. What was stamped before the jump is
 * then that old by any count, and what was stamped after it is as old as it seems. A jump back is believed at once:
 * it makes things younger.
 * @param wait milliseconds a jump ahead must have lasted; no less than the age at which things are removed
 * @param elapsed milliseconds that nobody sets
 */
export function createPatientClock(
  clock: Clock,
  wait: () => number,
  elapsed: () => number = () => performance.now(),
): Clock {
  let believed = clock.now().getTime() - elapsed();
  let claimed: { readonly offset: number; readonly since: number } | undefined;
  return {
    now() {
      const at = elapsed();
      const offset = clock.now().getTime() - at;
      if (offset <= believed + TOLERANCE_MS) {
        believed = offset;
        claimed = undefined;
      } else if (claimed === undefined || offset < claimed.offset - TOLERANCE_MS) {
        claimed = { offset, since: at };
      } else if (at - claimed.since >= wait()) {
        believed = claimed.offset;
        claimed = undefined;
      }
      return new Date(believed + at);
    },
  };
}
