/** Folders of one image, as skopeo has them. */
import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchiveTarget } from '../../../src/archives/open-target.ts';
import { parseTransport } from '../../../src/archives/transport.ts';
import { type CopyChoice, copyImage } from '../../../src/copy/copy-image.ts';
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

describe('signatures beside the image', () => {
  const root = index([one.manifest, two.manifest]);
  const CHOICE = { referrers: true, preserveDigests: false, parallel: 2 } as const;

  beforeEach(async () => {
    {
      await using target = await openTarget();
      const source = createMemorySource([...contentsOf(one), ...contentsOf(two)], root);
      await copyImage(source, target, { ...CHOICE, platforms: 'all' }, {}, never);
    }
    const files = ['signature-1', 'signature-2', 'signature-4', `${hexOf(two.manifest.digest)}.signature-1`];
    for (const file of files) await writeFile(join(path, file), `it is ${file}`);
  });

  const copyOn = async (place: string, choice: Partial<CopyChoice> = {}) => {
    await using source = await openSource(`dir:${path}`, folder.path);
    const transport = parseTransport(place) ?? expect.unreachable();
    await using target = await openArchiveTarget(transport, {}, createArchivePorts(folder.path));
    return await copyImage(source, target, { ...CHOICE, platforms: 'all', ...choice }, {}, never);
  };
  const signaturesIn = async (name: string) =>
    (await readdir(join(folder.path, name))).filter((file) => file.includes('signature'));

  it('come along from folder to folder, those of children too, up to a number that is missing', async () => {
    expect(await copyOn(`dir:${folder.path}/on`)).toMatchObject({ remarks: [] });
    const names = ['signature-1', 'signature-2', `${hexOf(two.manifest.digest)}.signature-1`];
    expect((await signaturesIn('on')).toSorted()).toEqual(names.toSorted());
    for (const name of names) expect(await readFile(join(folder.path, 'on', name), 'utf8')).toBe(`it is ${name}`);
  });

  it('are those of the image alone where that is copied without the others', async () => {
    await using source = await openSource(`dir:${path}`, folder.path);
    await using target = await openArchiveTarget(
      { kind: 'dir', path: join(folder.path, 'on'), reference: undefined, index: undefined },
      {},
      createArchivePorts(folder.path),
    );
    const child = { ...source, readRoot: () => source.readManifest(two.manifest.digest, never) };
    const { remarks } = await copyImage(child, target, { ...CHOICE, platforms: 'all' }, {}, never);
    expect(await readFile(join(folder.path, 'on/signature-1'), 'utf8')).toMatch(/[.]signature-1$/);
    expect(await signaturesIn('on')).toEqual(['signature-1']);
    expect(remarks).toEqual([expect.stringMatching(/^2 signatures stay behind in dir:.* not copied[.]$/)]);
  });

  it('stay where they are not wanted, and where there is no place for them, which is said', async () => {
    expect(await copyOn(`dir:${folder.path}/on`, { referrers: false })).toMatchObject({ remarks: [] });
    expect(await signaturesIn('on')).toEqual([]);
    const { remarks } = await copyOn(`oci:${folder.path}/layout:1`);
    expect(remarks).toEqual([expect.stringMatching(/^3 signatures stay behind in dir:.*layout/)]);
  });
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
