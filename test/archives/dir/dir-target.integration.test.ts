/** Folders of one image, as skopeo has them. */
import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openArchiveTarget } from '../../../src/archives/open-target.ts';
import { copyImage } from '../../../src/copy/copy-image.ts';
import { hexOf } from '../../../src/oci/digest.ts';
import { descriptorOf, index } from '../../support/images.ts';
import { createArchivePorts } from '../archive-ports.ts';
import {
  contentsOf,
  createMemorySource,
  makeSample,
  never,
  openSource,
  rootOf,
  writeSample,
} from '../sample-images.ts';

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let path: string;

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-dir-'));
  path = join(folder.path, 'image');
});

afterEach(() => folder.remove());

const [one, two] = [makeSample(['one', 'shared']), makeSample(['two', 'shared'])];
const openTarget = () =>
  openArchiveTarget({ kind: 'dir', path, reference: undefined, index: undefined }, {}, createArchivePorts(folder.path));
const filesOf = (sample: typeof one) => [sample.config, ...sample.layers].map(({ digest }) => hexOf(digest));

it('has the files that skopeo writes', async () => {
  await mkdir(path);
  await writeSample(`dir:${path}`, one, folder.path);
  expect(await readdir(path)).toEqual([...filesOf(one), 'manifest.json', 'version'].toSorted());
  expect(await readFile(join(path, 'version'), 'utf8')).toBe('Directory Transport Version: 1.1\n');
  expect(await readFile(join(path, 'manifest.json'))).toEqual(one.manifest.bytes);
});

it('has children by their digests', async () => {
  const root = index([one.manifest, two.manifest]);
  {
    await using target = await openTarget();
    const source = createMemorySource([...contentsOf(one), ...contentsOf(two)], root);
    await copyImage(
      source,
      target,
      { platforms: 'all', referrers: true, preserveDigests: true, parallel: 2 },
      {},
      never,
    );
  }
  const names = await readdir(path);
  for (const { manifest } of [one, two]) expect(names).toContain(`${hexOf(manifest.digest)}.manifest.json`);
  await using source = await openSource(`dir:${path}`, folder.path);
  expect((await source.readManifest(two.manifest.digest, never)).bytes).toEqual(two.manifest.bytes);
});

it('loses the old image when the new one is whole, and not before', async () => {
  await writeSample(`dir:${path}`, one, folder.path);
  await writeFile(join(path, 'signature-1'), 'of the old image');
  await writeFile(join(path, 'notes.txt'), 'of somebody');
  {
    await using target = await openTarget();
    for (const part of two.layers) {
      await target.writeBlob(descriptorOf(part), async () => Readable.from([part.bytes]), never);
    }
  }
  expect(await rootOf(`dir:${path}`, folder.path)).toBe(one.manifest.digest);
  await writeSample(`dir:${path}`, two, folder.path);
  expect(await readdir(path)).toEqual([...filesOf(two), 'manifest.json', 'notes.txt', 'version'].toSorted());
  expect(await rootOf(`dir:${path}`, folder.path)).toBe(two.manifest.digest);
});

it.each([
  ['has files of somebody else', { 'notes.txt': 'mine' }],
  ['is of a version to come', { version: 'Directory Transport Version: 9\n' }],
])('is left alone when it %s', async (_what, files) => {
  await mkdir(path);
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  await expect(openTarget()).rejects.toMatchObject({ kind: 'conflict', code: 'TARGET_OCCUPIED' });
  expect(await readdir(path)).toEqual(Object.keys(files));
});

it('without an image is told from what is no such folder', async () => {
  await expect(rootOf(`dir:${path}`, folder.path)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  await mkdir(path);
  await expect(rootOf(`dir:${path}`, folder.path)).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
});
