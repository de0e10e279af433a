/** Several things a client does at once. */

/** Waits for all, so that nothing is under way any more when one has failed. */
export async function together(...works: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
