/** Time by the processor's clock, so that a busy machine makes no test fail. */

/** Milliseconds of processor time that work takes, of this process in all. */
export async function cpuTimeOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
