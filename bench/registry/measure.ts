/** Runs a row's work for a while and tells rate and cost. */
import { type HttpConnection, openConnection } from './http-connection.ts';
import { cpuTime } from './process-cost.ts';
import type { Server } from './servers.ts';
import type { Work } from './workload.ts';

/** One measurement. */
export interface Measurement {
  /** Per second. */
  readonly rate: number;
  /** CPU time of the server, microseconds per operation or megabyte. */
  readonly cpu: number;
}

/**
 * Measures.
 * @param seconds how long, unless the work has a number of operations
 * @throws Error of an operation the server refused
 */
export async function measure(server: Server, work: Omit<Work, 'verify'>, seconds: number): Promise<Measurement> {
  const connections = await Promise.all(
    Array.from({ length: work.connections }, () => openConnection(server.client.port)),
  );
  try {
    if (work.operations === undefined) await run(connections, work, Math.min(0.5, seconds / 4));
    const before = await cpuTime(server.pid);
    const started = performance.now();
    const done = await run(connections, work, work.operations === undefined ? seconds : Number.POSITIVE_INFINITY);
    const elapsed = (performance.now() - started) / 1_000;
    return { rate: done / elapsed, cpu: ((await cpuTime(server.pid)) - before) / done };
  } finally {
    for (const connection of connections) connection[Symbol.dispose]();
  }
}

async function run(
  connections: readonly HttpConnection[],
  work: Omit<Work, 'verify'>,
  seconds: number,
): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  let left = work.operations ?? Number.POSITIVE_INFINITY;
  let done = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < end && left-- > 0) {
        const worth = await work.next()(connection);
        // Not in one expression with the wait: others count meanwhile.
        done += worth;
      }
    }),
  );
  return done;
}
