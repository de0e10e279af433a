/** The image from real files: a small program stands for Node, so that it takes milliseconds. */
import { copyFile, mkdir, mkdtempDisposable, readdir, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ImageParts, ensureRegistryImage } from '../../src/image/registry-image.ts';
import { createRunner } from '../../src/process/execa-runner.ts';
import { collect, readImage, readTar } from './read-archive.ts';

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let parts: ImageParts;

const DIST: Readonly<Record<string, string>> = {
  'registry.js': 'import { a } from "./chunk-1.js"; const w = `./worker${end}`; await import("./lazy.js");',
  'chunk-1.js': 'import "./registry.js"; export const a = new URL("./other-worker.js", import.meta.url);',
  'lazy.js': '// names ./absent.js and "./absent.js"',
  'worker.js': 'worker',
  'other-worker.js': 'other',
  'devreg.js': 'import "./chunk-1.js"',
  'chunk-0.js': 'what an older build left',
};

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-image-'));
  const packageFolder = join(folder.path, 'package');
  await mkdir(join(packageFolder, 'dist'), { recursive: true });
  await mkdir(join(packageFolder, 'bin'));
  for (const [name, text] of Object.entries(DIST)) await writeFile(join(packageFolder, 'dist', name), text);
  await writeFile(join(packageFolder, 'bin/registry'), '#!/usr/local/bin/node\n');
  const program = join(folder.path, 'program');
  await copyFile('/bin/sh', program);
  parts = {
    version: '1.2.3+build',
    cacheFolder: join(folder.path, 'cache'),
    packageFolder,
    node: { path: program, platform: 'linux', architecture: 'x64' },
    runner: createRunner(process.env),
  };
});

afterEach(() => folder?.[Symbol.asyncDispose]());

const archiveOf = async (changes: Partial<ImageParts> = {}, form?: 'zstd' | 'plain') =>
  collect((await ensureRegistryImage({ ...parts, ...changes })).open(form));

describe("the registry's image", () => {
  it('is named after its content, for nodes and engines', async () => {
    const { reference, configDigest, open } = await ensureRegistryImage(parts);
    expect(reference).toBe(`localhost/devreg-registry:1.2.3_build-${configDigest.slice(7, 19)}`);
    const { index, manifest, docker } = readImage(await collect(open()));
    expect(manifest.config.digest).toBe(configDigest);
    expect(index.manifests[0]?.annotations).toEqual({
      'io.containerd.image.name': reference,
      'org.opencontainers.image.ref.name': reference,
    });
    expect(docker).toEqual([
      {
        Config: `blobs/${configDigest.replace(':', '/')}`,
        RepoTags: [reference],
        Layers: manifest.layers.map(({ digest }) => `blobs/${digest.replace(':', '/')}`),
      },
    ]);
  });

  it('runs as registry:2 does (S2-01)', async () => {
    const { config } = readImage(await archiveOf());
    expect(config.config).toMatchObject({
      Entrypoint: ['/bin/registry'],
      Cmd: ['serve', '/etc/distribution/config.yml'],
      ExposedPorts: { '5000/tcp': {} },
      Volumes: { '/var/lib/registry': {} },
      WorkingDir: '/',
    });
    expect(config.config).not.toHaveProperty('User');
    expect(config.architecture).toBe('amd64');
  });

  it('has the program with its libraries, the bundle, and nothing else', async () => {
    const { layers, config } = readImage(await archiveOf({}, 'plain'));
    const [node, bundle] = layers.map(readTar);
    const files = (layer = new Map<string, { isFolder: boolean }>()) =>
      [...layer].filter(([, { isFolder }]) => !isFolder).map(([path]) => path);
    const isLibrary = (path: string) => /^(?:usr\/)?lib(?:32|64)?\//.test(path);
    expect(files(node).filter((path) => !isLibrary(path))).toEqual([
      'etc/group',
      'etc/nsswitch.conf',
      'etc/passwd',
      'usr/local/bin/node',
    ]);
    expect(files(node).filter((path) => /\/(?:libc|ld-)[^/]*$/.test(path))).not.toEqual([]);
    expect([node?.get('tmp/')?.mode, node?.get('var/lib/registry/')?.mode]).toEqual([0o1777, 0o777]);
    expect(JSON.stringify(config.config)).toMatch(/LD_LIBRARY_PATH=\/(?:usr\/)?lib/);
    const parcels = ['chunk-1.js', 'lazy.js', 'other-worker.js', 'package.json', 'registry.js', 'worker.js'];
    expect(files(bundle)).toEqual(['bin/registry', ...parcels.map((name) => `usr/lib/devreg/${name}`)]);
    expect(bundle?.get('bin/registry')?.mode).toBe(0o755);
  });

  it('is the same in both forms but for the compression', async () => {
    const plain = readImage(await archiveOf({}, 'plain'));
    const zstd = readImage(await archiveOf({}, 'zstd'));
    expect(zstd.config).toEqual(plain.config);
    expect(zstd.layers.map((layer) => zstdDecompressSync(layer))).toEqual(plain.layers);
    expect(plain.manifest.layers.map(({ digest }) => digest)).toEqual(plain.config.rootfs.diff_ids);
    expect(zstd.manifest.layers.map(({ mediaType }) => mediaType)).toEqual(
      Array(2).fill('application/vnd.oci.image.layer.v1.tar+zstd'),
    );
  });

  it('is the same to the byte wherever and whenever it is made', async () => {
    const first = await archiveOf();
    const dist = join(parts.packageFolder, 'dist');
    for (const name of Object.keys(DIST)) await utimes(join(dist, name), 0, 0);
    const umask = process.umask(0o077);
    const other = await archiveOf({ cacheFolder: join(folder.path, 'elsewhere') }).finally(() => process.umask(umask));
    expect(other.equals(first)).toBe(true);
    expect((await archiveOf()).equals(first)).toBe(true);
  });

  it('is another one when the bundle, the version or Node changes', async () => {
    const names = new Set<string>();
    const add = async (changes: Partial<ImageParts> = {}) =>
      void names.add((await ensureRegistryImage({ ...parts, ...changes })).reference);
    await add();
    await add({ version: '1.2.4' });
    await writeFile(join(parts.packageFolder, 'dist/lazy.js'), 'new');
    await add();
    await copyFile('/bin/ls', parts.node.path);
    await add();
    expect(names.size).toBe(4);
    await writeFile(join(parts.packageFolder, 'dist/devreg.js'), 'the tool changed');
    await add();
    expect(names.size).toBe(4);
  });
});

describe('the cache', () => {
  it('saves looking for libraries and compressing', async () => {
    const first = await archiveOf();
    const runner = { run: () => expect.unreachable('nothing is run') };
    expect((await archiveOf({ runner })).equals(first)).toBe(true);
  });

  it('is mended when it is damaged, and leaves no drafts', async () => {
    const first = await archiveOf();
    const names = await readdir(parts.cacheFolder);
    expect(names.map((name) => name.replace(/[0-9a-f]{16}/, 'KEY')).toSorted()).toEqual([
      'node-KEY.json',
      'node-KEY.tar.zst',
    ]);
    for (const name of names) {
      await truncate(join(parts.cacheFolder, name), 10);
      expect((await archiveOf()).equals(first)).toBe(true);
    }
    expect((await readdir(parts.cacheFolder)).toSorted()).toEqual(names.toSorted());
  });

  it('forgets what was not used for a month, and nothing that is not its own', async () => {
    const old = ['node-0123456789abcdef.json', 'node-0123456789abcdef.tar.zst', 'else.txt', 'node-modules'];
    await mkdir(parts.cacheFolder);
    for (const name of [...old, 'node-fedcba9876543210.json']) await writeFile(join(parts.cacheFolder, name), 'x');
    for (const name of old) await utimes(join(parts.cacheFolder, name), 0, 0);
    await archiveOf();
    const left = (await readdir(parts.cacheFolder)).filter((name) => !/^node-[0-9a-f]{16}\.tar\.zst$/.test(name));
    expect(left).toEqual(expect.arrayContaining(['else.txt', 'node-fedcba9876543210.json', 'node-modules']));
    expect(left).not.toContain('node-0123456789abcdef.json');
  });
});

describe('without what it needs it is refused', () => {
  it('where nothing was built', async () => {
    await expect(ensureRegistryImage({ ...parts, packageFolder: folder.path })).rejects.toMatchObject({
      kind: 'prerequisite',
      code: 'NOT_BUILT',
      hint: expect.stringContaining('npm run build'),
    });
  });

  it('on another system, before anything is made', async () => {
    const node = { ...parts.node, platform: 'darwin' };
    await expect(ensureRegistryImage({ ...parts, node })).rejects.toMatchObject({ code: 'IMAGE_NEEDS_LINUX' });
    expect(await readdir(folder.path)).not.toContain('cache');
  });

  it('when the cache cannot be written to', async () => {
    const cacheFolder = join(parts.node.path, 'cache');
    await expect(ensureRegistryImage({ ...parts, cacheFolder })).rejects.toMatchObject({ code: 'PATH_BLOCKED' });
  });
});
