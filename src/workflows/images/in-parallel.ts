/** Does some work for each of many things, a few at a time. */

/**
 * The first failure ends what goes on and begins nothing more.
 * @param limit how many at a time
 * @returns the results, in the order of the things
 * @throws what the work throws; the signal's reason
 */
export async function inParallel<T, Result>(
  things: readonly T[],
  limit: number,
  signal: AbortSignal,
  work: (thing: T, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const controller = new AbortController();
  const inner = AbortSignal.any([signal, controller.signal]);
  const results: Result[] = [];
  const left = things.entries();
  const failures: unknown[] = [];
  const worker = async () => {
    try {
      // Workers share what is left.
      for (const [index, thing] of left) {
        inner.throwIfAborted();
        results[index] = await work(thing, inner);
      }
    } catch (error) {
      failures.push(error);
      controller.abort(error);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, things.length) }, worker));
  if (failures.length > 0) throw signal.aborted ? signal.reason : failures[0];
  return results;
}
