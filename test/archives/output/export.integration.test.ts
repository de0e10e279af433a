/** Archives of several images, for every loader, of which every byte follows from the images. */
import { mkdir, mkdtempDisposable, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TargetOptions } from '../../../src/archives/archive-ports.ts';
import { openArchive, openExport } from '../../../src/archives/open-archive.ts';
import { copyImage } from '../../../src/copy/copy-image.ts';
import { type Digest, hexOf } from '../../../src/oci/digest.ts';
import { readTar } from '../../image/read-archive.ts';
import { type Content, content, descriptorOf, image } from '../../support/images.ts';
import { createArchivePorts } from '../archive-ports.ts';
import {
  contentsOf,
  copyTo,
  createMemorySource,
  makeSample,
  never,
  type SampleImage,
  writeSample,
} from '../sample-images.ts';
import { OCI_INDEX } from '../../../src/oci/media-types.ts';

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let path: string;

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-export-'));
  path = join(folder.path, 'images.tar');
});

afterEach(() => folder.remove());

const [one, two] = [makeSample(['one', 'shared']), makeSample(['two', 'shared'])];

type Named = readonly (readonly [string, SampleImage])[];

async function exportTo(
  place: string,
  images: Named,
  options: TargetOptions = {},
  stdout = new PassThrough(),
): Promise<void> {
  const ports = createArchivePorts(folder.path, { stdout });
  await using archive = await openExport(place, options, ports);
  for (const [name, sample] of images) {
    await using target = archive.openTarget(name);
    await copyTo(target, sample);
  }
  await archive.finish(never);
}

const blobPath = (digest: Digest) => `blobs/sha256/${hexOf(digest)}`;

/** The lists of an archive. */
function readLists(archive: Buffer): { readonly index: unknown; readonly docker: unknown; readonly names: string[] } {
  const entries = readTar(archive);
  const json = (name: string) => JSON.parse(entries.get(name)?.bytes.toString() ?? 'null');
  return { index: json('index.json'), docker: json('manifest.json'), names: [...entries.keys()] };
}

const BOTH: Named = [
  ['localhost:5001/team/app:1', one],
  ['docker.io/library/app:2', two],
];

describe('an archive of two images', () => {
  it('has both lists, and every blob once', async () => {
    await exportTo(path, BOTH);
    const { index, docker, names } = readLists(await readFile(path));
    expect(names.slice(0, 5)).toEqual(['oci-layout', 'index.json', 'manifest.json', 'blobs/', 'blobs/sha256/']);
    const blobs = new Set([...contentsOf(one), ...contentsOf(two)].map(({ digest }) => blobPath(digest)));
    expect(names.slice(5)).toEqual([...blobs].toSorted());
    const entryOf = ({ manifest }: SampleImage, name: string, tag: string) => ({
      ...descriptorOf(manifest),
      annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': tag },
    });
    expect(index).toMatchObject({
      schemaVersion: 2,
      manifests: [entryOf(two, 'docker.io/library/app:2', '2'), entryOf(one, 'localhost:5001/team/app:1', '1')],
    });
    const imageOf = ({ config, layers }: SampleImage, name: string) => ({
      Config: blobPath(config.digest),
      RepoTags: [name],
      Layers: layers.map(({ digest }) => blobPath(digest)),
    });
    expect(docker).toEqual([imageOf(two, 'docker.io/library/app:2'), imageOf(one, 'localhost:5001/team/app:1')]);
  });

  it('is the same, whichever came first', async () => {
    await exportTo(path, BOTH);
    await exportTo(`${path}.2`, BOTH.toReversed());
    expect((await readFile(path)).equals(await readFile(`${path}.2`))).toBe(true);
  });

  it('is compressed when that is wanted', async () => {
    await exportTo(path, BOTH);
    const plain = await readFile(path);
    await exportTo(`${path}.gz`, BOTH, { compression: 'gzip' });
    await exportTo(`${path}.zst`, BOTH, { compression: 'zstd' });
    expect(gunzipSync(await readFile(`${path}.gz`)).equals(plain)).toBe(true);
    expect(zstdDecompressSync(await readFile(`${path}.zst`)).equals(plain)).toBe(true);
  });

  it('goes to standard output, which stays open', async () => {
    await exportTo(path, BOTH);
    const stdout = new PassThrough();
    const written = buffer(stdout);
    await exportTo('-', BOTH, {}, stdout);
    expect(stdout.writableEnded).toBe(false);
    stdout.end('more');
    expect(await written).toEqual(Buffer.concat([await readFile(path), Buffer.from('more')]));
  });

  it('is opened as a whole, with the names of each', async () => {
    await exportTo(path, [...BOTH, ['localhost:5001/team/app:latest', one]]);
    await using archive = await openArchive(path, createArchivePorts(folder.path), never);
    const found = [];
    for (const { names, open } of archive.images) {
      await using source = await open(never);
      found.push([names, (await source.readRoot(never)).digest]);
    }
    expect(found).toEqual([
      [['docker.io/library/app:2'], two.manifest.digest],
      [['localhost:5001/team/app:1', 'localhost:5001/team/app:latest'], one.manifest.digest],
    ]);
  });
});

describe('what is there already', () => {
  it('is replaced by the whole archive alone, through a link too', async () => {
    await writeFile(path, 'old');
    await symlink(path, `${path}.link`);
    const archive = await openExport(`${path}.link`, {}, createArchivePorts(folder.path));
    await copyTo(archive.openTarget('localhost/app:1'), one);
    expect(await readFile(path, 'utf8')).toBe('old');
    await archive.finish(never);
    await archive[Symbol.asyncDispose]();
    expect(readLists(await readFile(path)).names).toContain('index.json');
    expect(await readdir(folder.path)).toEqual(['images.tar', 'images.tar.link']);
  });

  it('is told at once when it is a folder', async () => {
    await expect(openExport(folder.path, {}, createArchivePorts(folder.path))).rejects.toMatchObject({
      code: 'PATH_BLOCKED',
    });
  });

  it('stays when it was called off', async () => {
    await writeFile(path, 'old');
    {
      await using archive = await openExport(path, {}, createArchivePorts(folder.path));
      await copyTo(archive.openTarget('localhost/app:1'), one);
      await expect(archive.finish(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    }
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder.path)).toEqual(['images.tar']);
  });
});

describe('of an index', () => {
  const arm = makeSample(['arm']);
  const platforms: Readonly<Record<string, SampleImage>> = { amd64: one, arm64: two, arm: arm };
  const children = Object.entries(platforms).map(([architecture, { manifest }]) => ({
    ...descriptorOf(manifest),
    platform: { os: 'linux', architecture },
  }));
  const root = content(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: children }), OCI_INDEX);

  async function exportIndex(options: TargetOptions): Promise<ReturnType<typeof readLists>> {
    await using archive = await openExport(path, options, createArchivePorts(folder.path));
    const source = createMemorySource([...contentsOf(one), ...contentsOf(two), ...contentsOf(arm)], root);
    const choice = { platforms: 'all', referrers: true, preserveDigests: true, parallel: 2 } as const;
    await copyImage(source, archive.openTarget('localhost/app:1'), choice, {}, never);
    await archive.finish(never);
    return readLists(await readFile(path));
  }

  it.each(['amd64', 'arm64', 'arm'])('Docker gets what runs on %s', async (architecture) => {
    const { index, docker } = await exportIndex({ platform: { os: 'linux', architecture } });
    expect(index).toMatchObject({ manifests: [{ digest: root.digest, mediaType: OCI_INDEX }] });
    expect(docker).toMatchObject([{ Config: blobPath(platforms[architecture]?.config.digest ?? root.digest) }]);
  });

  it('Docker gets nothing for another platform', async () => {
    expect((await exportIndex({ platform: { os: 'plan9', architecture: 'mips' } })).docker).toBeNull();
  });
});

it('an artifact is no image to Docker', async () => {
  const config: Content = content('{}', 'application/vnd.cncf.helm.config.v1+json');
  const chart = { ...one, config, manifest: image(one.layers, { config }) };
  await exportTo(path, [['localhost/chart:1', chart]]);
  expect(readLists(await readFile(path))).toMatchObject({ docker: null, index: { manifests: [{}] } });
});

it('a tag that two images have makes way for their full names', async () => {
  await exportTo(path, [
    ['localhost/one:1', one],
    ['localhost/two:1', two],
  ]);
  const names = ['localhost/one:1', 'localhost/two:1'];
  expect(readLists(await readFile(path)).index).toMatchObject({
    manifests: names.map((name) => ({ annotations: { 'org.opencontainers.image.ref.name': name } })),
  });
});

it('a layout in a package is opened as if it were alone', async () => {
  await writeSample(`oci:${folder.path}/package/images:app:1`, one, folder.path);
  await writeFile(join(folder.path, 'package/zarf.yaml'), 'kind: ZarfPackageConfig');
  await using archive = await openArchive(join(folder.path, 'package'), createArchivePorts(folder.path), never);
  expect(archive.images.map(({ names }) => names)).toEqual([['docker.io/library/app:1']]);
  await using source = await (archive.images[0] ?? expect.unreachable()).open(never);
  expect((await source.readRoot(never)).digest).toBe(one.manifest.digest);
});

it('folders of `skopeo sync` are opened with their paths as names', async () => {
  const sync = join(folder.path, 'sync');
  await mkdir(join(sync, 'notes'), { recursive: true });
  await mkdir(join(sync, 'localhost:5001/team'), { recursive: true });
  await writeSample(`dir:${sync}/localhost:5001/team/app:1`, one, folder.path);
  await writeSample(`dir:${sync}/busybox:latest`, two, folder.path);
  await using archive = await openArchive(sync, createArchivePorts(folder.path), never);
  expect(archive.images.map(({ names }) => names)).toEqual([['busybox:latest'], ['localhost:5001/team/app:1']]);
  await using source = await (archive.images[1] ?? expect.unreachable()).open(never);
  expect((await source.readRoot(never)).digest).toBe(one.manifest.digest);
});
