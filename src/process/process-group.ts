/** Ends programs together with all they started. */
import { systemCodeOf } from '../errors.ts';

/** Milliseconds a program gets to end by itself. */
const GRACE_MS = 5_000;

/**
 * Programs get a group of their own, so that ^C reaches only us, and we decide which of them end and in which order.
 * Windows has no such groups.
 */
export const HAS_GROUPS = process.platform !== 'win32';

/** A program with all it started. */
interface ProcessGroup {
  /** Asks them to end, and makes them when they do not. */
  end(): void;
  isOver(): boolean;
  /** To be called when the program has ended; what it left behind ends with it if that was asked for. */
  close(): void;
}

/** The groups there are. None of them outlives us, whatever makes us end in an orderly way. */
export interface ProcessGroups {
  add(pid: number): ProcessGroup;
}

/** Begins with no groups. */
export function openProcessGroups(): ProcessGroups {
  const living = new Set<number>();
  const endAll = () => {
    for (const pid of living) signalGroup(pid, 'SIGKILL');
  };
  return {
    add(pid) {
      if (living.size === 0) process.on('exit', endAll);
      living.add(pid);
      let timer: NodeJS.Timeout | undefined;
      return {
        end() {
          signalGroup(pid, 'SIGTERM');
          timer = setTimeout(signalGroup, GRACE_MS, pid, 'SIGKILL');
        },
        isOver: () => !living.has(pid),
        close() {
          clearTimeout(timer);
          living.delete(pid);
          if (living.size === 0) process.off('exit', endAll);
          if (timer !== undefined) signalGroup(pid, 'SIGKILL');
        },
      };
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(HAS_GROUPS ? -pid : pid, signal);
  } catch (error) {
    // Nobody is left; macOS says EPERM of those that have ended and are not yet collected.
    if (!['ESRCH', 'EPERM'].includes(systemCodeOf(error) ?? '')) throw error;
  }
}
