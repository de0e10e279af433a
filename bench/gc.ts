/**
 * What reading a manifest costs while garbage is collected: p50, p99 and p99.9 of GET from a registry that removes many
 * blobs which no manifest references, beside those of another one that is idle, asked in turn by the same clients; so
 * whatever else the machine does counts for both. The same for both idle comes first.
 *
 *     node bench/gc.ts [blobs] [seconds at most]
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { digestOf } from '../src/oci/digest.ts';
import { OCI_MANIFEST } from '../src/oci/media-types.ts';
import { parseRepositoryName } from '../src/oci/repository.ts';
import { askServer } from '../src/registry/gc/ask-server.ts';
import { openSqliteMetadata } from '../src/registry/metadata/sqlite-metadata.ts';

const BLOBS = Number(process.argv[2] ?? 100_000);
const SECONDS_MAX = Number(process.argv[3] ?? 240);
const MAIN = join(import.meta.dirname, '../src/registry/main.ts');
const CLIENTS = 4;
const IDLE_SECONDS = 10;
const PATH = '/v2/app/manifests/latest';
/** Between two requests of a client, so that what is measured is the registry and not a queue of requests. */
const PAUSE_MS = 2;

await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-gc-bench-'));
const dataDir = join(folder.path, 'full');
await fill(dataDir);
await using full = await serve(dataDir);
await using idle = await serve(join(folder.path, 'idle'));
const agent = new Agent({ keepAlive: true, maxSockets: 2 * CLIENTS });
for (const { port } of [full, idle]) await pushManifest(port);

compare('both idle', await measureUntil(() => false, IDLE_SECONDS * 1_000));
let isOver = false;
const collecting = askServer(dataDir, { isDryRun: false, deleteUntagged: false }).finally(() => (isOver = true));
compare('one collects', await measureUntil(() => isOver, SECONDS_MAX * 1_000));
console.log(isOver ? JSON.stringify(await collecting) : `not done after ${SECONDS_MAX} s`);
agent.destroy();

/** Garbage as pushes without manifests leave it, made without the pushes. */
async function fill(root: string): Promise<void> {
  await mkdir(root, { mode: 0o700 });
  await using metadata = await openSqliteMetadata({ path: join(root, 'metadata.db'), durability: 'fast' });
  await metadata.notePromiseEnd(new Date(0));
  const repository = parseRepositoryName('garbage');
  if (repository === undefined) throw new Error('That is no name.');
  for (let first = 0; first < BLOBS; first += 500) {
    const count = Math.min(500, BLOBS - first);
    await Promise.all(
      Array.from({ length: count }, async (_, offset) => {
        const bytes = Buffer.from(`blob ${first + offset}`);
        const hex = createHash('sha256').update(bytes).digest('hex');
        const directory = join(root, 'blobs', 'sha256', hex.slice(0, 2));
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(join(directory, hex), bytes);
        await metadata.linkBlob(repository, digestOf(bytes), bytes.length);
      }),
    );
  }
}

async function serve(root: string): Promise<AsyncDisposable & { readonly port: number }> {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      REGISTRY_HTTP_ADDR: '127.0.0.1:0',
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: root,
      DEVREG_GC_INTERVAL: 'off',
      DEVREG_GC_LEASE: '1ms',
    },
  });
  const lines = createInterface(child.stdout);
  const listening = Promise.withResolvers<number>();
  lines.on('line', (line) => {
    if (line.includes('"listening"')) listening.resolve((JSON.parse(line) as { port: number }).port);
  });
  const exited = once(child, 'exit');
  const port = await Promise.race([listening.promise, exited.then(() => Promise.reject(new Error('It ended.')))]);
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function pushManifest(port: number): Promise<void> {
  const origin = `http://127.0.0.1:${port}`;
  const config = digestOf('{}');
  const posted = await fetch(`${origin}/v2/app/blobs/uploads/?digest=${config}`, { method: 'POST', body: '{}' });
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 2 },
    layers: [],
  };
  const headers = { 'content-type': OCI_MANIFEST };
  const put = await fetch(origin + PATH, { method: 'PUT', headers, body: JSON.stringify(manifest) });
  if (posted.status !== 201 || put.status !== 201) throw new Error(`${posted.status} ${put.status}`);
}

/** Milliseconds of each GET. */
interface Times {
  readonly full: number[];
  readonly idle: number[];
}

async function measureUntil(isEnd: () => boolean, milliseconds: number): Promise<Times> {
  const end = performance.now() + milliseconds;
  const times: Times = { full: [], idle: [] };
  const client = async (): Promise<void> => {
    while (!isEnd() && performance.now() < end) {
      times.full.push(await timeOfGet(full.port));
      times.idle.push(await timeOfGet(idle.port));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return times;
}

function timeOfGet(port: number): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: PATH, agent }, (reply) => {
      if (reply.statusCode !== 200) reject(new Error(`It answered ${reply.statusCode}.`));
      reply.resume().on('end', () => resolve(performance.now() - begun));
    })
      .on('error', reject)
      .end();
  });
}

function percentile(times: readonly number[], share: number): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * share)] ?? 0;
}

function compare(what: string, { full: one, idle: other }: Times): void {
  const describe = (times: readonly number[]) =>
    [0.5, 0.99, 0.999].map((share) => percentile(times, share).toFixed(2)).join(' / ');
  const ratio = percentile(one, 0.99) / percentile(other, 0.99);
  console.log(`${what}, ${one.length} GETs each, p50 / p99 / p99.9: ${describe(one)} ms, beside ${describe(other)} ms`);
  console.log(`${what}, ratio of p99: ${ratio.toFixed(2)}`);
}
