/** Whether the registry can do what it is there for: its stores are tried by writing, not more often than it takes to know. */

/** What is tried, by the name it has in answers. A trial rejects with the error of the system. */
export type Trials = Readonly<Record<string, () => Promise<void>>>;

/** Why not, by the name of what was tried; empty: ready. */
export type Readiness = Readonly<Record<string, string>>;

/** A result is good for so long, however often somebody asks. */
const GOOD_FOR_MS = 1_000;

/** A disk that does not answer for so long is of no use to clients either. */
const PATIENCE_MS = 4_000;

/** What the codes of the system mean, in words that tell nothing of the inside. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'no space left'],
  ['EDQUOT', 'no space left'],
  ['EROFS', 'read-only'],
  ['EACCES', 'no permission'],
  ['EPERM', 'no permission'],
  ['EIO', 'input/output error'],
  ['EMFILE', 'too many open files'],
  ['ENFILE', 'too many open files'],
  ['ENOENT', 'gone'],
  ['ENOTDIR', 'gone'],
  ['EBUSY', 'locked by another process'],
]);

/** How often and for how long it is tried. */
export interface ReadinessTimes {
  readonly goodFor: number;
  readonly patience: number;
}

/**
 * Makes the check. Whoever asks while a trial goes on gets its result, so one that hangs is there once.
 * @param onChange told when it is no longer as it was: why not, or empty
 * @returns asks; never rejects
 */
export function checkReadiness(
  trials: Trials,
  onChange: (readiness: Readiness) => void,
  { goodFor, patience }: ReadinessTimes = { goodFor: GOOD_FOR_MS, patience: PATIENCE_MS },
): () => Promise<Readiness> {
  const attempts = Object.entries(trials).map(([name, attempt]) => ({ name, attempt: once(attempt, patience) }));
  let last: { readonly until: () => number; readonly result: Promise<Readiness> } | undefined;
  let told = '{}';
  const look = async (): Promise<Readiness> => {
    const found = await Promise.all(attempts.map(async ({ name, attempt }) => [name, await attempt()] as const));
    const readiness = Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
    const text = JSON.stringify(readiness);
    if (text !== told) onChange(readiness);
    told = text;
    return readiness;
  };
  return () => {
    if (last !== undefined && performance.now() < last.until()) return last.result;
    let end = Infinity;
    const result = look().finally(() => (end = performance.now() + goodFor));
    last = { until: () => end, result };
    return result;
  };
}

/** One attempt at a time, also when it is waited for no longer. @returns why it failed, if it did */
function once(attempt: () => Promise<void>, patience: number): () => Promise<string | undefined> {
  let running: Promise<string | undefined> | undefined;
  return async () => {
    running ??= Promise.try(attempt)
      .then(() => undefined, reasonOf)
      .finally(() => (running = undefined));
    const { promise: overdue, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(() => resolve(`no answer within ${patience} ms`), patience);
    try {
      return await Promise.race([running, overdue]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS.get(code) ?? 'failed';
}
