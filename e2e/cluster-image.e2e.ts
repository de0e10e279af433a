/** The registry's own image on a real engine and in a real node: as people run registry:2, and as a pod runs it. */
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import bundling from '../rolldown.config.ts';
import { type RegistryImage, ensureRegistryImage } from '../src/image/registry-image.ts';
import { startDigest } from '../src/oci/digest.ts';
import { createRunner } from '../src/process/execa-runner.ts';
import { newPassword } from '../test/support/accounts.ts';
import { newPair } from '../test/support/certificates.ts';
import { NODE_IMAGE } from './support/image-names.ts';

const ROOT = join(import.meta.dirname, '..');

const undo = new AsyncDisposableStack();
let folder: string;
let packageFolder: string;
let image: RegistryImage;

/** Runs docker. @returns what it wrote to both streams, and how it ended */
async function attempt(...args: readonly string[]) {
  const { all, stdout, exitCode } = await execa('docker', args, { all: true, reject: false });
  return { output: all, stdout, exitCode };
}

/** Runs docker, which must succeed. @returns standard output */
async function docker(...args: readonly string[]): Promise<string> {
  const { output, stdout, exitCode } = await attempt(...args);
  if (exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${output}`);
  return stdout;
}

/** The digest of everything a stream gives. */
async function sumOf(stream: Readable): Promise<string> {
  const digest = startDigest('sha256');
  for await (const piece of stream) digest.update(piece as Buffer);
  return digest.finish();
}

/** Builds what is shipped, from the source as it is. */
async function buildPackage(to: string): Promise<void> {
  const { input } = bundling;
  if (typeof input !== 'object' || Array.isArray(input)) throw new Error('The bundle is configured without names.');
  const { devreg: _tool, ...registry } = input;
  await using bundle = await rolldown({ input: registry, platform: 'node', cwd: ROOT });
  await bundle.write({ dir: join(to, 'dist'), format: 'esm', chunkFileNames: '[name]-[hash].js' });
  await mkdir(join(to, 'bin'));
  for (const name of ['bin/registry', 'package.json', 'Dockerfile', '.dockerignore'])
    await copyFile(join(ROOT, name), join(to, name));
}

function assemble(cache: string): Promise<RegistryImage> {
  return ensureRegistryImage({
    version: '0.0.0-e2e',
    cacheFolder: join(folder, cache),
    packageFolder,
    node: { path: process.execPath, platform: process.platform, architecture: process.arch },
    runner: createRunner(process.env),
  });
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  process.stderr.write(`${what}: ${((performance.now() - started) / 1000).toFixed(2)} s\n`);
  return result;
}

beforeAll(async () => {
  folder = undo.use(await mkdtempDisposable(join(tmpdir(), 'devreg-cluster-image-'))).path;
  packageFolder = join(folder, 'package');
  await mkdir(packageFolder);
  await buildPackage(packageFolder);
  image = await timed('assembled, cold', () => assemble('cache'));
  await timed('assembled, warm', () => assemble('cache'));
  await timed('docker load', async () => {
    await execa('docker', ['load', '-q'], { input: image.open('plain') });
    await docker('inspect', image.reference);
  });
  undo.defer(async () => void (await docker('rmi', '-f', image.reference)));
});

afterAll(() => undo.disposeAsync());

interface RunningContainer extends AsyncDisposable {
  readonly name: string;
  /** Where port 5000 is on this machine; asked anew, since it may change with every start. */
  address(): Promise<string>;
}

/** Starts a container and waits until its log says that it listens. */
async function run(
  flags: readonly string[],
  command: readonly string[] = [],
  ref = image.reference,
): Promise<RunningContainer> {
  const name = `devreg-e2e-${process.pid}-${crypto.randomUUID().slice(0, 8)}`;
  await docker('run', '-d', '--name', name, '-p', '127.0.0.1::5000', ...flags, ref, ...command);
  await untilSaid(name, LISTENING);
  return {
    name,
    address: async () => (await docker('port', name, '5000')).replace('127.0.0.1', 'localhost'),
    [Symbol.asyncDispose]: async () => void (await docker('rm', '-fv', name)),
  };
}

/** What a registry logs when it is there. */
const LISTENING = '"event":"listening"';

/** Follows the log of a container's present start. */
async function untilSaid(name: string, words: string): Promise<void> {
  const since = await docker('inspect', '-f', '{{.State.StartedAt}}', name);
  const following = execa('docker', ['logs', '-f', '--since', since, name], { reject: false, all: true });
  let log = '';
  following.all.on('data', (piece: Buffer) => (log += piece.toString()));
  while (!log.includes(words)) {
    await Promise.race([once(following.all, 'data'), following.then(() => Promise.reject(new Error(log)))]);
  }
  following.kill();
}

/** An image of random bytes in the engine, which is gone at the end. */
async function randomImage(): Promise<string> {
  const name = `devreg-e2e-sample:${crypto.randomUUID()}`;
  const file = join(folder, `${name.slice(-8)}.bin`);
  await writeFile(file, crypto.getRandomValues(new Uint8Array(60_000)));
  const tar = await execa('tar', ['-C', folder, '-c', file.slice(folder.length + 1)], { encoding: 'buffer' });
  await execa('docker', ['import', '-', name], { input: tar.stdout });
  undo.defer(async () => void (await docker('rmi', '-f', name)));
  return name;
}

const digestIn = (output: string | undefined) => /sha256:[0-9a-f]{64}/.exec(output ?? '')?.[0];
const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;

describe('as registry:2', () => {
  it('S2-01 S2-03 S2-04 S2-05 S2-09: takes a push from anybody and gives it back; ends when it is stopped', async () => {
    await using registry = await run([]);
    const address = await registry.address();
    const sample = await randomImage();
    await docker('tag', sample, `${address}/sample`);
    const pushed = await docker('push', `${address}/sample`);
    expect(await (await fetch(`http://${address}/v2/_catalog`)).text()).toBe('{"repositories":["sample"]}\n');
    await docker('rmi', sample, `${address}/sample`);
    expect(digestIn(await docker('pull', `${address}/sample`))).toBe(digestIn(pushed));
    await docker('rmi', `${address}/sample`);
    const log = await docker('logs', registry.name);
    expect(log).toContain('"event":"open"');
    expect(log).toMatch(/"method":"PUT".*"path":"\/v2\/sample\/manifests\/latest","status":201/);
    await docker('stop', registry.name);
    expect(await docker('inspect', '-f', '{{.State.ExitCode}}', registry.name)).toBe('0');
  });

  it.each([
    [['/etc/docker/registry/config.yml']],
    [['serve', '/etc/docker/registry/config.yml']],
    [['serve', '/etc/distribution/config.yml']],
    [['registry', 'serve', '/etc/docker/registry/config.yml']],
    [[]],
  ])('reads the configuration that people mount when it is started with %j', async (command) => {
    const file = join(folder, 'config.yml');
    await writeFile(file, 'version: 0.1\nstorage: {delete: {enabled: false}}\nhttp: {addr: ":5000"}\n');
    await using registry = await run(['-v', `${file}:/etc/docker/registry/config.yml:ro`], command);
    const path = `http://${await registry.address()}/v2/a/manifests/x`;
    expect(await statusOf(path, { method: 'DELETE' })).toBe(405);
  });

  it('S3-14: answers bin/registry without a shell, and collects garbage beside the registry', async () => {
    await using registry = await run([]);
    for (const command of ['bin/registry', 'registry', '/bin/registry']) {
      const words = [command, 'garbage-collect', '--delete-untagged', '/etc/docker/registry/config.yml'];
      const { output, exitCode } = await attempt('exec', '-u', 'root', registry.name, ...words);
      expect([exitCode, output]).toEqual([0, expect.stringContaining('Removed 0 blobs')]);
    }
    const second = await attempt('exec', registry.name, 'bin/registry', 'serve');
    expect([second.exitCode, second.output]).toEqual([5, expect.stringContaining('is in use')]);
    expect((await attempt('exec', registry.name, 'sh', '-c', 'true')).exitCode).not.toBe(0);
    expect(await statusOf(`http://${await registry.address()}/v2/`)).toBe(200);
  });

  it('says in one line why it does not start', async () => {
    const { output, exitCode } = await attempt('run', '--rm', '-e', 'REGISTRY_AUTH=htpasswd', image.reference);
    expect(exitCode).toBe(2);
    expect(JSON.parse(output)).toMatchObject({ level: 'error', problem: expect.stringContaining('REGISTRY_AUTH') });
  });
});

describe('as a pod', () => {
  const LOCKED = ['--read-only', '--user', '65532:65532', '--tmpfs', '/tmp', '--cap-drop', 'ALL'];
  const HARDENED = [...LOCKED, '--security-opt', 'no-new-privileges'];

  it('keeps what was pushed when it is killed, with a read-only root, without rights, by any user', async () => {
    await using registry = await run(HARDENED);
    const sample = await randomImage();
    const name = `${await registry.address()}/team/app:1`;
    await docker('tag', sample, name);
    const pushed = digestIn(await docker('push', name));
    await docker('kill', '-s', 'KILL', registry.name);
    await docker('start', registry.name);
    await untilSaid(registry.name, LISTENING);
    const base = `http://${await registry.address()}/v2/team/app/manifests/1`;
    const reply = await fetch(base, { headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' } });
    expect([reply.status, reply.headers.get('docker-content-digest')]).toEqual([200, pushed]);
    await docker('rmi', name);
  });

  it('serves TLS with a user whose secrets are files', async () => {
    const secrets = join(folder, 'secrets');
    await mkdir(secrets);
    const [password, pair] = [newPassword(), await newPair()];
    const files = { password: `${password}\n`, 'tls.crt': pair.cert, 'tls.key': pair.key };
    for (const [name, text] of Object.entries(files)) await writeFile(join(secrets, name), text, { mode: 0o644 });
    await writeFile(join(folder, 'ca.crt'), pair.ca);
    await chmod(folder, 0o755);
    const env = {
      REGISTRY_HTTP_ADDR: ':5000',
      REGISTRY_HTTP_TLS_CERTIFICATE: '/etc/devreg/tls.crt',
      REGISTRY_HTTP_TLS_KEY: '/etc/devreg/tls.key',
      DEVREG_USER: 'giteaAdmin',
      DEVREG_PASSWORD_FILE: '/etc/devreg/password',
    };
    const flags = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    await using registry = await run([...HARDENED, '-v', `${secrets}:/etc/devreg:ro`, ...flags]);
    const address = await registry.address();
    const curl = async (path: string, ...more: readonly string[]) => {
      const common = ['-sS', '-o', join(folder, 'body'), '-w', '%{http_code}', '--cacert', join(folder, 'ca.crt')];
      return (await execa('curl', [...common, ...more, `https://${address}${path}`])).stdout;
    };
    const upload = '/v2/a/blobs/uploads/';
    const user = `giteaAdmin:${password}`;
    expect(await curl('/healthz')).toBe('200');
    expect(await statusOf(`http://${address}/readyz`)).toBe(200);
    expect(await curl(upload, '-X', 'POST')).toBe('401');
    expect(await curl(upload, '-X', 'POST', '-u', `${user}x`)).toBe('401');
    expect(await curl(upload, '-X', 'POST', '-u', user)).toBe('202');
    expect(await docker('logs', registry.name)).not.toContain('"event":"open"');
  });
});

describe('the archive', () => {
  it('is the same to the byte from another cache and under another umask', async () => {
    const umask = process.umask(0o077);
    const other = await assemble('other-cache').finally(() => process.umask(umask));
    expect([other.reference, other.configDigest]).toEqual([image.reference, image.configDigest]);
    const sums = await Promise.all(
      [image, other].flatMap(({ open }) => (['zstd', 'plain'] as const).map(async (form) => sumOf(open(form)))),
    );
    expect(sums.slice(2)).toEqual(sums.slice(0, 2));
  });

  it('is imported by the containerd of a node', async () => {
    const name = `devreg-e2e-node-${process.pid}`;
    // Layers cannot be stacked on the file system that containers have.
    await docker('run', '-d', '--name', name, '--privileged', '-v', '/var', '--entrypoint', 'containerd', NODE_IMAGE);
    await using _node = { [Symbol.asyncDispose]: async () => void (await docker('rm', '-fv', name)) };
    await untilSaid(name, 'successfully booted');
    const ctr = (...args: readonly string[]) => ['exec', '-i', name, 'ctr', '-n', 'k8s.io', ...args];
    for (const form of ['zstd', 'plain'] as const) {
      await timed(`import into a node, ${form}`, async () => {
        const importing = execa('docker', ctr('images', 'import', '-'));
        await Promise.all([pipeline(image.open(form), importing.stdin), importing]);
      });
      expect(await docker(...ctr('images', 'check', `name==${image.reference}`))).toMatch(/complete .* true/);
      await docker(...ctr('images', 'rm', '--sync', image.reference));
    }
  });
});

describe('the Dockerfile', () => {
  it('makes an image that is run the same way', async () => {
    const base = `devreg-e2e-node-base:${process.pid}`;
    const context = join(folder, 'base');
    await mkdir(context);
    await copyFile(process.execPath, join(context, 'node'));
    await writeFile(join(context, 'Dockerfile'), `FROM ${NODE_IMAGE}\nCOPY node /usr/local/bin/node\n`);
    await docker('build', '-q', '-t', base, context);
    const name = `devreg-e2e-built:${process.pid}`;
    await docker('build', '-q', '-t', name, '--build-arg', `NODE_IMAGE=${base}`, packageFolder);
    undo.defer(async () => void (await docker('rmi', '-f', name, base)));
    const configOf = async (ref: string) => {
      const config = JSON.parse(await docker('inspect', '-f', '{{json .Config}}', ref));
      const { Entrypoint, Cmd, ExposedPorts, Volumes, WorkingDir, User = '' } = config;
      return { Entrypoint, Cmd, ExposedPorts, Volumes, WorkingDir, User };
    };
    expect(await configOf(name)).toEqual(await configOf(image.reference));
    await using registry = await run(['--read-only', '--user', '65532:65532', '--tmpfs', '/tmp'], [], name);
    expect(await statusOf(`http://${await registry.address()}/v2/`)).toBe(200);
  });
});

it('is small', async () => {
  const sizes = await Promise.all(
    (['zstd', 'plain'] as const).map(async (form) => {
      let bytes = 0;
      for await (const piece of image.open(form)) bytes += (piece as Buffer).length;
      return bytes;
    }),
  );
  process.stderr.write(`archive: ${sizes.map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`).join(', plain ')}\n`);
  expect(sizes[0]).toBeLessThan(60_000_000);
  expect(await readFile(join(ROOT, 'bin/registry'), 'utf8')).toMatch(/^#!\/usr\/local\/bin\/node\n/);
});
