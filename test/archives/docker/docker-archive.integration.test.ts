/** Archives of `docker save` in all their forms, and what they become. */
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Digest, digestOf, hexOf } from '../../../src/oci/digest.ts';
import { readTar } from '../../image/read-archive.ts';
import { type Content, content, descriptorOf, image } from '../../support/images.ts';
import { type MadeEntry, makeTar } from '../../tar/tar-headers.ts';
import { copyTo, makeSample, never, openSource, rootOf, type SampleImage, writeSample } from '../sample-images.ts';
import { openArchiveTarget } from '../../../src/archives/open-target.ts';
import { createArchivePorts } from '../archive-ports.ts';

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let path: string;

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-docker-'));
  path = join(folder.path, 'archive.tar');
});

afterEach(() => folder.remove());

const sample = makeSample(['one', 'two', 'one']);
const latin = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const configFile = `${hexOf(sample.config.digest)}.json`;

function listOf(layers: readonly string[], config = configFile, tags: readonly string[] | null = ['app:1']): MadeEntry {
  return { name: 'manifest.json', content: JSON.stringify([{ Config: config, RepoTags: tags, Layers: layers }]) };
}

/** As Docker before 25 writes it: folders, a link for a layer that is there twice, the list at the end. */
function oldForm(list = listOf(['a/layer.tar', 'b/layer.tar', 'c/layer.tar'])): readonly MadeEntry[] {
  return [
    { name: configFile, content: latin(sample.config.bytes) },
    { name: 'a/', type: '5' },
    { name: 'a/VERSION', content: '1.0' },
    { name: 'a/layer.tar', content: 'one' },
    { name: 'b/layer.tar', content: 'two' },
    { name: 'c/layer.tar', type: '2', link: '../a/layer.tar' },
    list,
    { name: 'repositories', content: '{}' },
  ];
}

async function readAll(place: string): Promise<{ readonly digest: Digest; readonly layers: readonly string[] }> {
  await using source = await openSource(place, folder.path);
  const root = await source.readRoot(never);
  const { config, layers } = JSON.parse(Buffer.from(root.bytes).toString());
  expect(await buffer(await source.openBlob(config, never))).toEqual(sample.config.bytes);
  const contents = [];
  for (const layer of layers) contents.push(latin(await buffer(await source.openBlob(layer, never))));
  return { digest: root.digest, layers: contents };
}

describe('an image is read', () => {
  it('from the old form, its layers plain, with one digest for ever', async () => {
    await writeFile(path, makeTar(...oldForm()));
    const { digest, layers } = await readAll(`docker-archive:${path}`);
    expect(layers).toEqual(['one', 'two', 'one']);
    const expected = makeSample(['one', 'two', 'one'], 'none');
    expect(digest).toBe(expected.manifest.digest);
    expect(await rootOf(`docker-archive:${path}:app:1`, folder.path)).toBe(digest);
    expect(await rootOf(`docker-archive:${path}:docker.io/library/app:1`, folder.path)).toBe(digest);
  });

  it.each<['gzip' | 'zstd', (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['zstd', (text) => zstdCompressSync(Buffer.from(text))],
  ])('with layers compressed by %s as they are', async (compression, compress) => {
    const entries = oldForm().map((entry) =>
      /^[ab].layer/.test(entry.name) ? { ...entry, content: latin(compress(entry.content ?? '')) } : entry,
    );
    await writeFile(path, makeTar(...entries));
    const { digest } = await readAll(`docker-archive:${path}`);
    expect(digest).toBe(makeSample(['one', 'two', 'one'], compression).manifest.digest);
  });

  it('from the layout that is in the same archive, where there is one', async () => {
    await writeSample(`oci-archive:${path}:app:1`, sample, folder.path);
    expect(await rootOf(`docker-archive:${path}:app:1`, folder.path)).toBe(sample.manifest.digest);
    expect(await rootOf(`docker-archive:${path}`, folder.path)).toBe(sample.manifest.digest);
  });

  it('by its number among several', async () => {
    const two = [
      { Config: configFile, RepoTags: ['a:1', 'b:1'], Layers: ['a/layer.tar', 'b/layer.tar', 'a/layer.tar'] },
    ];
    const list = JSON.stringify([...two, { Config: 'absent.json', RepoTags: null, Layers: [] }]);
    await writeFile(path, makeTar(...oldForm({ name: './manifest.json', content: list })));
    expect((await readAll(`docker-archive:${path}:@0`)).layers).toHaveLength(3);
    expect((await readAll(`docker-archive:${path}:b:1`)).layers).toHaveLength(3);
    await expect(readAll(`docker-archive:${path}`)).rejects.toMatchObject({ code: 'IMAGE_AMBIGUOUS' });
    await expect(readAll(`docker-archive:${path}:@1`)).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
    await expect(readAll(`docker-archive:${path}:@2`)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
    await expect(readAll(`docker-archive:${path}:c:1`)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });
});

describe('an image is refused', () => {
  const replace = (name: string, change: Partial<MadeEntry>) =>
    oldForm().map((entry) => (entry.name === name ? { ...entry, ...change } : entry));

  it.each<[string, readonly MadeEntry[], string]>([
    ['with a layer of other bytes', replace('a/layer.tar', { content: 'ONE' }), 'CONTENT_WRONG'],
    [
      'with a compressed layer of other bytes',
      replace('a/layer.tar', { content: latin(gzipSync('1')) }),
      'CONTENT_WRONG',
    ],
    [
      'with a compressed layer that is cut off',
      replace('a/layer.tar', { content: latin(gzipSync('one')).slice(0, -9) }),
      'CONTENT_WRONG',
    ],
    ['with a layer by xz', replace('a/layer.tar', { content: '\xfd7zXZ\0....' }), 'ARCHIVE_UNREADABLE'],
    ['without a layer', replace('a/layer.tar', { name: 'elsewhere' }), 'ARCHIVE_UNREADABLE'],
    ['with links in a circle', replace('c/layer.tar', { link: 'layer.tar' }), 'ARCHIVE_UNREADABLE'],
    ['with a link out', replace('c/layer.tar', { link: '../../../../../../etc/passwd' }), 'ARCHIVE_UNREADABLE'],
    ['without its configuration', replace(configFile, { name: 'x.json' }), 'ARCHIVE_UNREADABLE'],
    ['with a configuration of another', replace(configFile, { content: '{"rootfs":{}}' }), 'ARCHIVE_UNREADABLE'],
    ['with digests that are paths', replace(configFile, { content: hostileConfig() }), 'ARCHIVE_UNREADABLE'],
    ['with fewer layers than it says', oldForm(listOf(['a/layer.tar'])), 'ARCHIVE_UNREADABLE'],
    ['with a damaged list', oldForm({ name: 'manifest.json', content: '[{"Config":1}]' }), 'ARCHIVE_UNREADABLE'],
    ['without a list', oldForm({ name: 'other.json', content: '[]' }), 'ARCHIVE_UNREADABLE'],
    ['with an empty list', oldForm({ name: 'manifest.json', content: '[]' }), 'IMAGE_NOT_FOUND'],
  ])('%s', async (_what, entries, code) => {
    await writeFile(path, makeTar(...entries));
    await expect(readAll(`docker-archive:${path}`)).rejects.toMatchObject({ code });
  });

  function hostileConfig(): string {
    return JSON.stringify({ rootfs: { diff_ids: ['sha256:../../x', 'sha256:../../y', 'sha256:../../z'] } });
  }
});

describe('an image is written', () => {
  it.each(['gzip', 'zstd', 'none'] as const)('plain, when its layers are compressed by %s', async (compression) => {
    await writeSample(`docker-archive:${path}:app:1`, makeSample(['one', 'two', 'one'], compression), folder.path);
    const entries = readTar(await readFile(path));
    const layers = ['one', 'two', 'one'].map((text) => `${hexOf(digestOf(text))}.tar`);
    expect(JSON.parse(entries.get('manifest.json')?.bytes.toString() ?? '')).toEqual([
      { Config: configFile, RepoTags: ['docker.io/library/app:1'], Layers: layers },
    ]);
    expect([...entries.keys()].toSorted()).toEqual([...new Set([configFile, 'manifest.json', ...layers])].toSorted());
    expect((await readAll(`docker-archive:${path}`)).layers).toEqual(['one', 'two', 'one']);
  });

  it('not over an archive that is there, unless that is wanted', async () => {
    await writeFile(path, 'something');
    const write = (options?: object) => writeSample(`docker-archive:${path}`, sample, folder.path, options);
    await expect(write()).rejects.toMatchObject({ kind: 'conflict', code: 'ARCHIVE_EXISTS' });
    expect(await readFile(path, 'utf8')).toBe('something');
    await write({ overwrite: true });
    expect((await readAll(`docker-archive:${path}`)).layers).toHaveLength(3);
  });

  it.each<[string, (whole: SampleImage) => SampleImage, string]>([
    ['whose layer is not what the configuration says', swapLayer, 'CONTENT_WRONG'],
    ['with a layer more than the configuration says', addLayer, 'MANIFEST_NOT_HELD'],
    ['whose layer cannot be uncompressed', breakLayer, 'CONTENT_WRONG'],
  ])('not, %s', async (_what, change, code) => {
    const transport = { kind: 'docker-archive', path, reference: undefined, index: undefined } as const;
    await using target = await openArchiveTarget(transport, {}, createArchivePorts(folder.path));
    await expect(copyTo(target, change(sample))).rejects.toMatchObject({ code });
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

function withLayers(whole: SampleImage, layers: readonly Content[]): SampleImage {
  return { ...whole, layers, manifest: image(layers, { config: whole.config }) };
}

function swapLayer(whole: SampleImage): SampleImage {
  const [first, ...others] = makeSample(['other', 'two', 'one']).layers;
  return withLayers(whole, [first ?? expect.unreachable(), ...others]);
}

function addLayer(whole: SampleImage): SampleImage {
  return withLayers(whole, [...whole.layers, ...makeSample(['more']).layers]);
}

function breakLayer(whole: SampleImage): SampleImage {
  const [first = expect.unreachable(), ...others] = whole.layers;
  const { mediaType } = descriptorOf(first);
  return withLayers(whole, [content(first.bytes.subarray(0, 12), mediaType), ...others]);
}
