/** Bounds how much goes on at the same time. */

/** Does work when there is room for it. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Makes a limit of so many at the same time; who waits gets its turn in order. */
export function createLimit(size: number): Limit {
  let free = Math.max(1, size);
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
