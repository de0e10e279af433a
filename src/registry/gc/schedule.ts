/** When garbage is collected: every so often, soon after much was deleted, and whenever somebody asks; one at a time. */
import type { GcReport, GcRequest } from './report.ts';

/** So many deletions make a collection worthwhile before its time … */
const MANY_REMOVALS = 100;

/** … and this long after, since more may follow. */
const SOON_MS = 60_000;

/** The times of collections. Disposing breaks off the one under way. */
export interface GcSchedule extends AsyncDisposable {
  /** Collects as soon as a collection under way has ended. */
  collect(request: GcRequest): Promise<GcReport>;
  /**
   * Waits for the collections that were asked for, and keeps later ones waiting until disposed of.
   * @throws the error of the end, when the schedule is disposed of before
   */
  hold(): Promise<Disposable>;
  /** Another time between collections, counted from now; 0: only when somebody asks. */
  setInterval(milliseconds: number): void;
  /** Something was deleted. Cheap. */
  noteRemoval(): void;
}

/**
 * Makes the schedule.
 * @param firstInterval in milliseconds between collections; 0: only when somebody asks
 * @param collect collects until the signal aborts; what it throws where nobody asked is for it to report
 */
export function createGcSchedule(
  firstInterval: number,
  collect: (request: GcRequest, signal: AbortSignal) => Promise<GcReport>,
): GcSchedule {
  const ending = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  let interval = firstInterval;
  let removals = 0;
  let timer: NodeJS.Timeout | undefined;

  const enqueue = (request: GcRequest): Promise<GcReport> => {
    const collecting = last.then(() => {
      ending.signal.throwIfAborted();
      removals = 0;
      return collect(request, ending.signal);
    });
    last = collecting.catch(() => undefined);
    return collecting;
  };
  const wait = (time: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void run(), time).unref();
  };
  const run = async () => {
    await enqueue({ isDryRun: false, deleteUntagged: false }).catch(() => undefined);
    if (!ending.signal.aborted && interval > 0) wait(interval);
  };
  const hold = async (): Promise<Disposable> => {
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = before.then(() => promise);
    const release = () => {
      ending.signal.removeEventListener('abort', release);
      resolve();
    };
    ending.signal.addEventListener('abort', release);
    await before;
    ending.signal.throwIfAborted();
    return { [Symbol.dispose]: release };
  };
  if (interval > 0) wait(interval);
  return {
    collect: enqueue,
    hold,
    setInterval(milliseconds) {
      interval = milliseconds;
      clearTimeout(timer);
      if (interval > 0) wait(interval);
    },
    noteRemoval() {
      removals += 1;
      if (removals === MANY_REMOVALS && interval > SOON_MS) wait(SOON_MS);
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      ending.abort(new Error('The registry ends.'));
      await last;
    },
  };
}
