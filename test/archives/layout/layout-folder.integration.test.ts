/** Layouts on disk: several images in one, written at once or cut off, and what hostile ones try. */
import { mkdir, mkdtempDisposable, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchiveTarget } from '../../../src/archives/open-target.ts';
import { type Content, descriptorOf } from '../../support/images.ts';
import { partialName } from '../../../src/archives/output/work-folder.ts';
import { createArchivePorts } from '../archive-ports.ts';
import {
  contentsOf,
  copyTo,
  makeSample,
  never,
  openSource,
  rootOf,
  type SampleImage,
  writeSample,
} from '../sample-images.ts';

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let layout: string;

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-layout-'));
  layout = join(folder.path, 'layout');
});

afterEach(() => folder.remove());

const [one, two] = [makeSample(['one', 'shared']), makeSample(['two', 'shared'])];
const write = (name: string, sample: SampleImage) => writeSample(`oci:${layout}${name}`, sample, folder.path);
const root = (name: string) => rootOf(`oci:${layout}${name}`, folder.path);
const pathOf = ({ digest }: Content) => join(layout, 'blobs', digest.replace(':', '/'));
const openTarget = (name: string) =>
  openArchiveTarget(
    { kind: 'oci', path: layout, reference: name, index: undefined },
    {},
    createArchivePorts(folder.path),
  );

async function readIndex(): Promise<{ readonly manifests: readonly { readonly digest: string }[] }> {
  return JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
}

describe('a layout', () => {
  it('has several images, each by its name, number and digest', async () => {
    await write(':1', one);
    await write(':2', two);
    expect(await root(':1')).toBe(one.manifest.digest);
    expect(await root(':@1')).toBe(two.manifest.digest);
    expect(await root(`@${one.manifest.digest}`)).toBe(one.manifest.digest);
    expect(JSON.parse(await readFile(join(layout, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' });
    expect(await readdir(join(layout, 'blobs/sha256'))).toHaveLength(7);
  });

  it('gets all images that are written at the same time', async () => {
    const samples = Array.from({ length: 12 }, (_, number) => makeSample([`layer ${number}`, 'shared']));
    await Promise.all(samples.map((sample, number) => write(`:${number}`, sample)));
    for (const [number, { manifest }] of samples.entries()) expect(await root(`:${number}`)).toBe(manifest.digest);
  });

  it('keeps what others wrote into its list', async () => {
    await write(':1', one);
    const index = await readIndex();
    await writeFile(join(layout, 'index.json'), JSON.stringify({ ...index, annotations: { made: 'by hand' } }));
    await write(':2', two);
    expect(await readIndex()).toMatchObject({ annotations: { made: 'by hand' }, manifests: [{}, {}] });
  });

  it('without a name holds images that are found by number', async () => {
    await write('', one);
    expect(await root('')).toBe(one.manifest.digest);
    await write('', two);
    expect(await root(':@1')).toBe(two.manifest.digest);
    await expect(root('')).rejects.toMatchObject({ code: 'IMAGE_AMBIGUOUS' });
  });

  it('keeps the old image until the new one is whole, and takes up what is there', async () => {
    await write(':1', one);
    {
      await using target = await openTarget('1');
      for (const part of [two.config, ...two.layers]) {
        await target.writeBlob(descriptorOf(part), async () => Readable.from([part.bytes]), never);
      }
    }
    expect(await root(':1')).toBe(one.manifest.digest);
    await using target = await openTarget('1');
    expect(await copyTo(target, two)).toMatchObject({ blobs: { copied: 0, there: 3 }, bytes: 0 });
    expect(await root(':1')).toBe(two.manifest.digest);
  });

  it('is rid of what a killed copy left', async () => {
    await write(':1', one);
    // Process numbers end below this one.
    const left = [partialName(99_999_999), join('blobs/sha256', partialName(99_999_999))];
    const [others, own] = ['.devreg-00000000-99999999-0123456789ab.partial', partialName()];
    for (const name of [...left, others, own]) await writeFile(join(layout, name), 'half');
    await write(':2', two);
    const names = [...(await readdir(layout)), ...(await readdir(join(layout, 'blobs/sha256')))];
    expect(names.filter((name) => name.includes('partial'))).toEqual([others, own].toSorted());
  });
});

describe('a hostile layout', () => {
  const secret = 'secret';

  async function readLayer(): Promise<string> {
    await using source = await openSource(`oci:${layout}:1`, folder.path);
    const [layer = expect.unreachable()] = one.layers;
    return (await buffer(await source.openBlob(descriptorOf(layer), never))).toString();
  }

  beforeEach(() => write(':1', one));

  it('does not lead out by a link to a file', async () => {
    const [layer = expect.unreachable()] = one.layers;
    await writeFile(join(folder.path, 'outside'), secret);
    await rm(pathOf(layer));
    await symlink(join(folder.path, 'outside'), pathOf(layer));
    await expect(readLayer()).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });

  it('does not lead out by a link to a folder', async () => {
    await mkdir(join(folder.path, 'outside'));
    for (const part of contentsOf(one)) await writeFile(join(folder.path, 'outside', part.digest.slice(7)), part.bytes);
    await rm(join(layout, 'blobs/sha256'), { recursive: true });
    await symlink('../../outside', join(layout, 'blobs/sha256'));
    await expect(readLayer()).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });

  it('may have links that stay inside', async () => {
    const [layer = expect.unreachable()] = one.layers;
    await writeFile(join(layout, 'elsewhere'), layer.bytes);
    await rm(pathOf(layer));
    await symlink('../../elsewhere', pathOf(layer));
    expect(await readLayer()).toBe(layer.bytes.toString());
  });

  it.each([
    ['longer', 'and more'],
    ['other bytes', undefined],
  ])('cannot give %s for a digest', async (_what, more) => {
    const [layer = expect.unreachable()] = one.layers;
    const other = Buffer.alloc(layer.bytes.length, 'x');
    await writeFile(pathOf(layer), more === undefined ? other : Buffer.concat([layer.bytes, Buffer.from(more)]));
    await expect(readLayer()).rejects.toMatchObject({ code: 'CONTENT_WRONG' });
  });

  it('cannot give half a layer', async () => {
    const [layer = expect.unreachable()] = one.layers;
    await truncate(pathOf(layer), 3);
    await expect(readLayer()).rejects.toMatchObject({ code: 'CONTENT_WRONG' });
  });

  it('cannot give another manifest', async () => {
    await writeFile(pathOf(one.manifest), two.manifest.bytes);
    await expect(root(':1')).rejects.toMatchObject({ code: 'CONTENT_WRONG' });
  });

  it.each<[string, object]>([
    ['a path for a digest', { digest: 'sha256:../../../../outside', size: 1, mediaType: 'a/b' }],
    ['a digest that is a folder', { digest: 'sha256:', size: 1, mediaType: 'a/b' }],
    ['a negative size', { digest: one.manifest.digest, size: -1, mediaType: 'a/b' }],
    ['no digest', { size: 1 }],
  ])('cannot list %s', async (_what, entry) => {
    await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
    await expect(root('')).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
  });

  it.each(['', '{', '[]', '{"manifests":{}}', '['.repeat(100_000), `[${'[],'.repeat(2_000_000)}[]]`])(
    'cannot have a list such as %.20s',
    async (text) => {
      await writeFile(join(layout, 'index.json'), text);
      await expect(root('')).rejects.toMatchObject({
        code: expect.stringMatching(/^(ARCHIVE_UNREADABLE|IMAGE_NOT_FOUND)$/),
      });
    },
  );

  it('cannot say of a manifest that it is another kind', async () => {
    const text = (await readFile(join(layout, 'index.json'), 'utf8')).replace('image.manifest.v1', 'image.index.v1');
    await writeFile(join(layout, 'index.json'), text);
    await expect(root(':1')).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
  });
});
