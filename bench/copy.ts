/**
 * What copying an image from registry to registry costs, beside skopeo, crane and regctl: an image of 1 GB and one of
 * 200 layers, between two registries of devreg, one tool after the other in each round. devreg is what was
 * built last, or the program that DEVREG_PROGRAM names.
 * Prints medians of the seconds, of the processors' seconds and of the memory, and the ratio to the fastest.
 *
 *     PATH=/folder/of/crane/and/regctl:$PATH node bench/copy.ts [rounds] [megabytes]
 */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempDisposable, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { openRegistry } from '../src/client/registry/registry-client.ts';
import { openRegistryImage } from '../src/client/registry/registry-image.ts';
import type { Descriptor } from '../src/oci/descriptor.ts';
import { digestOf, toDigest } from '../src/oci/digest.ts';
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from '../src/oci/media-types.ts';
import { parseReference } from '../src/oci/reference.ts';

const never = new AbortController().signal;
const MAIN = join(import.meta.dirname, '../src/registry/main.ts');
const DEVREG = process.env['DEVREG_PROGRAM'] ?? join(import.meta.dirname, '../bin/devreg.js');
const CHUNK = 1024 * 1024;

await compare(Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 1_000));

function openImage(text: string) {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`${text} is no reference.`);
  const client = openRegistry({ host: reference.registry, tls: 'plain', credentials: async () => undefined });
  return { client, image: openRegistryImage(client, reference), repository: reference.repository };
}

interface Run {
  readonly seconds: number;
  /** Of processors: what others do on the machine does not count. */
  readonly processor: number;
  readonly megabytes: number;
}

async function compare(rounds: number, megabytes: number): Promise<void> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-copy-bench-'));
  await using source = await serve(join(folder.path, 'source'));
  const tools: Readonly<Record<string, (from: string, to: string) => readonly string[]>> = {
    devreg: (from, to) => [process.execPath, DEVREG, 'images', 'copy', '-q', `docker://${from}`, `docker://${to}`],
    skopeo: (from, to) =>
      ['skopeo', 'copy', '-q', '--all', '--src-tls-verify=false', '--dest-tls-verify=false'].concat(
        `docker://${from}`,
        `docker://${to}`,
      ),
    crane: (from, to) => ['crane', 'copy', '--insecure', from, to],
    regctl: (from, to) => ['regctl', 'image', 'copy', '--referrers', '--digest-tags', from, to],
  };
  for (const [name, sizes] of [
    ['large', Array.from({ length: 5 }, () => (megabytes / 5) * 1e6)],
    ['layers', Array.from({ length: 200 }, () => 100_000)],
  ] as const) {
    await push(`${source.host}/bench/${name}:1`, sizes);
    const runs = new Map<string, Run[]>(Object.keys(tools).map((tool) => [tool, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [tool, line] of Object.entries(tools)) {
        const run = await measureCopy(folder.path, `${source.host}/bench/${name}:1`, line);
        runs.get(tool)?.push(run);
      }
    }
    print(name, runs);
  }
}

/** Into a registry of its own: what another one left there would be taken over, and not copied. */
async function measureCopy(
  folder: string,
  from: string,
  line: (from: string, to: string) => readonly string[],
): Promise<Run> {
  const root = join(folder, 'target');
  const regctl = join(folder, 'regctl.json');
  const run = await (async () => {
    await using target = await serve(root);
    const hosts = [from.split('/')[0] ?? '', target.host].map((host) => [host, { tls: 'disabled', hostname: host }]);
    await writeFile(regctl, JSON.stringify({ hosts: Object.fromEntries(hosts) }));
    // Until then the registry stays.
    return await measure(line(from, `${target.host}/copied/image:1`), { HOME: folder, REGCTL_CONFIG: regctl });
  })();
  await rm(root, { recursive: true });
  return run;
}

/** Pushes an image of random layers, none of which is ever in memory as a whole. */
async function push(reference: string, sizes: readonly number[]): Promise<void> {
  const { client, image, repository } = openImage(reference);
  const layers: Descriptor[] = [];
  for (const size of sizes) {
    const piece = randomBytes(Math.min(size, CHUNK));
    const pieces = () => Readable.from(piecesOf(piece, size));
    const hash = createHash('sha256');
    for await (const chunk of pieces()) hash.update(chunk as Buffer);
    const layer = { mediaType: OCI_LAYER, digest: toDigest('sha256', hash.digest('hex')), size };
    await client.uploadBlob(repository, layer, async () => pieces(), never);
    layers.push(layer);
  }
  const config = { mediaType: OCI_CONFIG, digest: digestOf('{}'), size: 2 };
  await client.uploadBlob(repository, config, async () => Readable.from([Buffer.from('{}')]), never);
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }));
  await image.finish({ bytes, mediaType: OCI_MANIFEST, digest: digestOf(bytes) }, never);
  await client[Symbol.asyncDispose]();
}

function* piecesOf(piece: Buffer, size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= piece.length) yield piece.subarray(0, left);
}

async function serve(root: string): Promise<AsyncDisposable & { readonly host: string }> {
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      REGISTRY_HTTP_ADDR: '127.0.0.1:0',
      REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: root,
      DEVREG_GC_INTERVAL: 'off',
    },
  });
  const listening = Promise.withResolvers<number>();
  createInterface(child.stdout).on('line', (line) => {
    if (line.includes('"listening"')) listening.resolve((JSON.parse(line) as { port: number }).port);
  });
  const exited = once(child, 'exit');
  const port = await Promise.race([listening.promise, exited.then(() => Promise.reject(new Error('It ended.')))]);
  return {
    host: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Runs a program below GNU time, which knows how much memory it had at most. */
async function measure(line: readonly string[], env: Readonly<Record<string, string>>): Promise<Run> {
  const child = spawn('/usr/bin/time', ['-f', 'MEASURED %e %U %S %M', ...line], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const [, seconds, user, system, kilobytes] = /MEASURED ([\d.]+) ([\d.]+) ([\d.]+) (\d+)/.exec(said) ?? [];
  if (code !== 0 || seconds === undefined) throw new Error(`${line.join(' ')}: ${said}`);
  return { seconds: Number(seconds), processor: Number(user) + Number(system), megabytes: Number(kilobytes) / 1_000 };
}

function print(name: string, runs: ReadonlyMap<string, readonly Run[]>): void {
  const rows = [...runs].map(([tool, all]) => ({
    tool,
    seconds: median(all.map(({ seconds }) => seconds)),
    processor: median(all.map(({ processor }) => processor)),
    megabytes: Math.round(median(all.map(({ megabytes }) => megabytes))),
  }));
  const fastest = Math.min(...rows.map(({ seconds }) => seconds));
  console.log(`${name}: medians of ${[...runs.values()][0]?.length ?? 0}`);
  console.table(rows.map((row) => ({ ...row, ratio: (row.seconds / fastest).toFixed(2) })));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
