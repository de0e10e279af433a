/**
 * What a registry costs on top of a cluster: bare `kind create cluster --wait` and `devreg create` in turn, the same
 * node image, each followed by its deletion. devreg's clock runs until an image that was pushed after `create` runs in
 * a pod. Prints each run, where devreg's seconds went, and the ratio of the medians.
 *
 *     DEVREG_NODE_IMAGE=kindest/node:v1.34.0 node bench/create.ts [rounds] [devreg options…]
 */
import { randomBytes } from 'node:crypto';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const [rounds = '3', ...options] = process.argv.slice(2);
const nodeImage = process.env['DEVREG_NODE_IMAGE'];
const DEVREG = join(import.meta.dirname, '../bin/devreg.js');

/** An image that every node image has, and that runs until it is ended. */
const BASE = 'registry.k8s.io/pause:3.10.1';

interface Step {
  readonly title: string;
  readonly seconds: number;
}

await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-bench-'));
const env = { HOME: folder.path, KUBECONFIG: join(folder.path, 'kubeconfig'), DOCKER_BUILDKIT: '0' };
const run = (program: string, args: readonly string[]) => execa(program, args, { env });
const devreg = (...args: readonly string[]) => run(process.execPath, [DEVREG, ...args]);

const [port, registryPort] = [await freePort(), await freePort()];
const name = `devreg-bench-${randomBytes(3).toString('hex')}`;
// The authority and the registry's image are made once for a user.
await measureDevreg();
const bare: number[] = [];
const ours: number[] = [];
for (let round = 1; round <= Number(rounds); round += 1) {
  bare.push(await measureKind());
  console.log(`round ${round}: kind create cluster --wait   ${last(bare)} s`);
  const { seconds, steps } = await measureDevreg();
  ours.push(seconds);
  console.log(`round ${round}: devreg create, push, run     ${last(ours)} s`);
  for (const step of steps) console.log(`         ${step.seconds.toFixed(1).padStart(6)} s  ${step.title}`);
}
console.log(`medians: ${median(bare).toFixed(1)} s and ${median(ours).toFixed(1)} s`);
console.log(`ratio: ${(median(ours) / median(bare)).toFixed(2)}`);

async function measureKind(): Promise<number> {
  const image = nodeImage === undefined ? [] : ['--image', nodeImage];
  const started = performance.now();
  await run('kind', ['create', 'cluster', '--name', name, '--wait', '5m', ...image]);
  const seconds = secondsSince(started);
  await run('kind', ['delete', 'cluster', '--name', name]);
  return seconds;
}

async function measureDevreg(): Promise<{ readonly seconds: number; readonly steps: readonly Step[] }> {
  const app = `localhost:${registryPort}/giteaadmin/app:1`;
  await buildApp(app);
  const ports = ['--port', String(port), '--registry-port', String(registryPort)];
  const started = performance.now();
  try {
    const { stderr } = await devreg('create', '--name', name, ...ports, '--login', '--progress', 'json', ...options);
    const created = secondsSince(started);
    await run('docker', ['push', '--quiet', app]);
    const pushed = secondsSince(started);
    await run('kubectl', ['run', 'app', '--image', app, '--image-pull-policy', 'Always']);
    await run('kubectl', ['wait', '--for=condition=Ready', 'pod/app', '--timeout=2m']);
    const seconds = secondsSince(started);
    const more = [
      { title: 'docker push', seconds: pushed - created },
      { title: 'the pod runs', seconds: seconds - pushed },
    ];
    return { seconds, steps: [...stepsOf(stderr), ...more] };
  } finally {
    await devreg('delete', '--name', name, '--volumes', '--yes');
  }
}

/** Random, so that no node can have it from elsewhere. */
async function buildApp(tag: string): Promise<void> {
  await writeFile(join(folder.path, 'random'), randomBytes(1_000_000));
  await writeFile(join(folder.path, 'Dockerfile'), `FROM ${BASE}\nCOPY random /random\n`);
  await run('docker', ['build', '--quiet', '--tag', tag, folder.path]);
}

function stepsOf(stderr: string): Step[] {
  return stderr.split('\n').flatMap((line): Step[] => {
    if (!line.startsWith('{')) return [];
    const { event, state, title, seconds } = JSON.parse(line) as Partial<Record<string, unknown>>;
    return event === 'step' && state === 'done' ? [{ title: String(title), seconds: Number(seconds) }] : [];
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}

function last(numbers: readonly number[]): string {
  return (numbers.at(-1) ?? 0).toFixed(1).padStart(5);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
