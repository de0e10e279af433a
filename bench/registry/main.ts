/**
 * How fast the registry is beside others on this machine.
 *
 *     npm run bench                the rows, latency beside pushes, growth, start and memory; writes docs/performance.md
 *     npm run bench:quick          the first rows beside Debian's docker-registry, under a minute
 *     node bench/registry/main.ts [--quick | --rows] [--rounds 3] [--seconds 2] [--only TEXT] [--servers NAME,NAME]
 *                                 [--json FILE] [--page FILE]
 */
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureGrowth } from './growth.ts';
import { measureLatency } from './latency.ts';
import { measurePushMemory } from './memory.ts';
import { formatPage } from './page.ts';
import { measureRows } from './run-rows.ts';
import { SERVER_NAMES, findServers } from './servers.ts';
import type { Results } from './results.ts';
import { formatTable } from './table.ts';
import { judgeAll, sumUp } from './verdict.ts';
import { WORKLOADS } from './workloads.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string' },
    only: { type: 'string', default: '' },
    servers: { type: 'string' },
    json: { type: 'string' },
    page: { type: 'string' },
  },
});
const QUICK_SERVERS = ['devreg fast', 'devreg full', 'Distribution 2.8'];

const rounds = Number(values.rounds);
const seconds = Number(values.seconds ?? (values.quick ? 0.4 : 2));
const wanted = values.servers?.split(',') ?? (values.quick ? QUICK_SERVERS : SERVER_NAMES);
const names = await findServers(SERVER_NAMES.filter((name) => wanted.includes(name)));
const peer = names.includes('Distribution 3') ? 'Distribution 3' : 'Distribution 2.8';
const workloads = WORKLOADS.filter((row) => (!values.quick || row.isQuick === true) && row.title.includes(values.only));

await using root = await mkdtempDisposable(join(tmpdir(), 'devreg-bench-'));
const say = (text: string) => void process.stderr.write(`${text}\n`);
const measured = await measureRows(workloads, names, root.path, { rounds, seconds }, (row) =>
  say(formatTable([row], names, peer).trimEnd().split('\n').at(-1) ?? ''),
);
const more = values.quick || values.rows ? {} : await measureTheRest();
const results: Results = { peer, servers: names, ...measured, ...more };

process.stdout.write(formatPage(results));
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
if (values.page !== undefined) await writeFile(values.page, formatPage(results));
process.stdout.write(`${sumUp(judgeAll(results))}\n`);

async function measureTheRest(): Promise<Pick<Results, 'latencies' | 'growth' | 'pushMemory'>> {
  say('Reading while others push …');
  const latencies = [];
  for (const name of names.filter((one) => one !== 'devreg full'))
    latencies.push(await measureLatency(name, root.path, rounds));
  latencies.push(await measureLatency('devreg fast', root.path, rounds, 'another'));
  say('100,000 of everything …');
  const growth = await measureGrowth(root.path, rounds, seconds);
  say('Sixteen pushes of 2 GB …');
  return { latencies, growth, pushMemory: await measurePushMemory('devreg fast', root.path) };
}
