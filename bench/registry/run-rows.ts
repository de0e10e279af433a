/** Measures every row on every server, one server after the other, round after round. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Measurement, measure } from './measure.ts';
import { dropLargeFiles } from './page-cache.ts';
import { residentMemory } from './process-cost.ts';
import type { Footprint } from './results.ts';
import { type Server, type ServerName, startServer } from './servers.ts';
import { median } from './statistics.ts';
import type { Work, Workload } from './workload.ts';

const run = promisify(execFile);

/** What came of one row on one server; undefined figures: the row is void there. */
export interface Cell {
  readonly server: ServerName;
  /** Medians. */
  readonly rate: number;
  readonly cpu: number;
  /** Why there are no figures; undefined: there are. */
  readonly problem: string | undefined;
}

/** A row of the table. */
export interface Row {
  readonly title: string;
  readonly unit: string;
  readonly bar: Workload['bar'];
  readonly cells: readonly Cell[];
}

/** How much is measured. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

/**
 * Measures all rows on the same processes, so that what they grow to is seen.
 * @param onRow told of each row as soon as it is there
 */
export async function measureRows(
  workloads: readonly Workload[],
  names: readonly ServerName[],
  root: string,
  effort: Effort,
  onRow: (row: Row) => void,
): Promise<{ readonly rows: readonly Row[]; readonly footprints: readonly Footprint[] }> {
  await using stack = new AsyncDisposableStack();
  const servers: Server[] = [];
  for (const name of names) servers.push(stack.use(await startServer(name, root)));
  const idle = await Promise.all(servers.map(({ pid }) => residentMemory(pid)));
  const rows: Row[] = [];
  for (const workload of workloads) {
    const row = await runRow(workload, servers, effort);
    rows.push(row);
    onRow(row);
  }
  const after = await Promise.all(servers.map(({ pid }) => residentMemory(pid)));
  const footprints = servers.map(({ name, startedIn }, index) => ({
    server: name,
    startedIn,
    idle: idle[index] ?? 0,
    after: after[index] ?? 0,
  }));
  return { rows, footprints };
}

/** Measures one row. Whoever returns wrong bytes, or refuses, has no figures. */
async function runRow(workload: Workload, servers: readonly Server[], effort: Effort): Promise<Row> {
  const entries: { server: Server; work: Work; measurements: Measurement[] }[] = [];
  const problems = new Map<ServerName, string>();
  const dropped = new Set<string>();
  const meant = servers.filter(({ name }) => isMeant(workload, name));
  for (const server of meant) {
    const work = await attempt(server, problems, () => workload.prepare(server));
    if (work !== undefined) entries.push({ server, work, measurements: [] });
  }
  for (let round = 0; round < effort.rounds; round++) {
    // Each round begins with another one, so that none always comes after the same.
    for (const { server, work, measurements } of rotate(entries, round)) {
      // What others left to be written would be written at this one's cost.
      await run('sync');
      if (work.operations !== undefined) for (const { folder } of servers) await dropLargeFiles(folder, dropped);
      const measurement = await attempt(server, problems, () => measure(server, work, effort.seconds));
      if (measurement !== undefined) measurements.push(measurement);
    }
  }
  for (const { server, work } of entries) {
    const isRight = await attempt(server, problems, () => work.verify());
    if (isRight === false) problems.set(server.name, 'returned wrong bytes');
  }
  const cells = meant.map(({ name }) => {
    const measurements = entries.find(({ server }) => server.name === name)?.measurements ?? [];
    const rate = median(measurements.map((one) => one.rate));
    return { server: name, rate, cpu: median(measurements.map((one) => one.cpu)), problem: problems.get(name) };
  });
  const { title, unit, bar } = workload;
  return { title, unit, bar, cells };
}

function isMeant({ durability }: Workload, name: ServerName): boolean {
  if (name === 'devreg fast') return durability.includes('fast');
  if (name === 'devreg full') return durability.includes('full');
  return true;
}

function rotate<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

async function attempt<T>(
  { name }: Server,
  problems: Map<ServerName, string>,
  work: () => Promise<T>,
): Promise<T | undefined> {
  if (problems.has(name)) return undefined;
  try {
    return await work();
  } catch (error) {
    problems.set(name, error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
