/** Every place outside registries does what places of images do. */
import { mkdir, mkdtemp, mkdtempDisposable, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchiveSource } from '../../src/archives/open-source.ts';
import { openArchiveTarget } from '../../src/archives/open-target.ts';
import { parseTransport } from '../../src/archives/transport.ts';
import { copyImage } from '../../src/copy/copy-image.ts';
import type { ImageSource } from '../../src/copy/image-source.ts';
import { hexOf } from '../../src/oci/digest.ts';
import { imagePlaceContract, type PlaceFacts, type PlaceUnderTest } from '../support/contracts/image-place-contract.ts';
import { contentsOf, createMemorySource, makeSample, rootOf, writeSample } from './sample-images.ts';
import { createArchivePorts } from './archive-ports.ts';

const never = new AbortController().signal;

/** A place in a folder of its own. @param write with `*` for the folder */
async function openPlace(text: string): Promise<PlaceUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'devreg-places-'));
  const transport = parseTransport(text.replace('*', folder));
  if (transport === undefined) throw new Error(`${text} is no place.`);
  const ports = createArchivePorts(folder);
  return {
    openTarget: () => openArchiveTarget(transport, { overwrite: true }, ports),
    openSource: () => openArchiveSource(transport, ports, never),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

const PLACES: readonly (readonly [string, PlaceFacts])[] = [
  ['oci:*/layout:name', {}],
  ['oci:*/layout:localhost:5001/app:1', {}],
  ['ocidir://*/layout:name', {}],
  ['dir:*/folder', { keepsReferrers: false }],
  ['oci-archive:*/archive.tar:name', { isLive: false }],
  ['oci-archive:*/archive.tar', { isLive: false }],
  ['docker-archive:*/archive.tar:app:1', { isLive: false, holdsEverything: false }],
  ['docker-archive:*/archive.tar', { isLive: false, holdsEverything: false }],
];

describe.each(PLACES)('%s', (text, facts) => {
  imagePlaceContract(() => openPlace(text), facts);
});

describe('a copy that fails', () => {
  let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
  const sample = makeSample(['one', 'two']);
  const PATHS = PLACES.map(([text]) => text).filter((text) => !text.includes('-archive'));

  beforeEach(async () => {
    folder = await mkdtempDisposable(join(tmpdir(), 'devreg-failed-'));
  });
  afterEach(() => folder.remove());

  /** Copies; contents that are left out are not found in the source. */
  async function copyWithout(text: string, missing: readonly { readonly digest: string }[]): Promise<void> {
    const transport = parseTransport(text.replace('*', folder.path)) ?? expect.unreachable();
    const lost = new Set(missing.map(({ digest }) => digest));
    const memory = createMemorySource(contentsOf(sample), sample.manifest);
    const source: ImageSource = {
      ...memory,
      openBlob: async (blob, signal, offset) =>
        lost.has(blob.digest) ? Readable.from(fail()) : memory.openBlob(blob, signal, offset),
    };
    await using target = await openArchiveTarget(transport, {}, createArchivePorts(folder.path));
    await copyImage(
      source,
      target,
      { platforms: 'all', referrers: true, preserveDigests: true, parallel: 1 },
      {},
      never,
    );
  }

  const copyNothing = (text: string) => expect(copyWithout(text, contentsOf(sample))).rejects.toThrow('lost');
  const listAll = async () => (await readdir(folder.path, { recursive: true })).toSorted();

  it.each(PLACES)('leaves nothing when nothing came: %s', async (text) => {
    await copyNothing(text);
    expect(await listAll()).toEqual([]);
  });

  it('leaves nothing of the folders above, whoever made them', async () => {
    const names = ['a', 'b', 'c', 'd'].map((name) => `dir:*/deep/below/${name}`);
    await Promise.all([...names, 'oci:*/deep/layout'].map(copyNothing));
    expect(await listAll()).toEqual([]);
  });

  it.each(PATHS)('leaves an empty folder empty: %s', async (text) => {
    const { path = '' } = parseTransport(text.replace('*', folder.path)) ?? {};
    await mkdir(path);
    await copyNothing(text);
    expect(await listAll()).toEqual([path.slice(folder.path.length + 1)]);
  });

  it.each(PATHS)('leaves an image that is there as it is: %s', async (text) => {
    const place = text.replace('*', folder.path);
    const other = makeSample(['other']);
    await writeSample(place, other, folder.path);
    const before = await listAll();
    await copyNothing(text);
    expect(await listAll()).toEqual(before);
    expect(await rootOf(place, folder.path)).toBe(other.manifest.digest);
  });

  it.each(PATHS)('keeps what is whole for the next try, and no more: %s', async (text) => {
    await expect(copyWithout(text, sample.layers)).rejects.toThrow('lost');
    const files = (await readdir(folder.path, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
    expect(files.map(({ name }) => name).toSorted()).toEqual(
      [hexOf(sample.config.digest), text.startsWith('dir:') ? 'version' : 'oci-layout'].toSorted(),
    );
    await copyWithout(text, [sample.config]);
    expect(await rootOf(text.replace('*', folder.path), folder.path)).toBe(sample.manifest.digest);
  });
});

async function* fail(): AsyncGenerator<Buffer> {
  yield Buffer.from('b');
  throw new Error('lost');
}
