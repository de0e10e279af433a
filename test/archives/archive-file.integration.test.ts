/** Archives come from files and pipes, compressed or not, and leave nothing behind. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openArchive } from '../../src/archives/open-archive.ts';
import { createArchivePorts, expectEmpty } from './archive-ports.ts';
import { makeSample, never, openSource, rootOf, writeSample } from './sample-images.ts';

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;
let path: string;
let spool: string;
let archive: Buffer;

const sample = makeSample(['one', 'two']);

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-archive-'));
  path = join(folder.path, 'archive');
  spool = join(folder.path, 'spool');
  await mkdir(spool);
  await writeSample(`oci-archive:${path}:1`, sample, spool);
  archive = await readFile(path);
});

afterEach(async () => {
  await expectEmpty(spool);
  await folder.remove();
});

const FORMS: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['plain', (bytes) => bytes],
  ['gzip', (bytes) => gzipSync(bytes)],
  ['zstd', (bytes) => zstdCompressSync(bytes)],
  [
    'zstd in many frames',
    (bytes) => Buffer.concat([zstdCompressSync(bytes.subarray(0, 700)), zstdCompressSync(bytes.subarray(700))]),
  ],
];

describe.each(FORMS)('an archive that is %s', (_form, compress) => {
  it('is read from a file', async () => {
    await writeFile(path, compress(archive));
    expect(await rootOf(`oci-archive:${path}:1`, spool)).toBe(sample.manifest.digest);
  });

  it('is read from standard input, piece by piece', async () => {
    const bytes = compress(archive);
    const stdin = Readable.from(pieces(bytes), { objectMode: false });
    await using opened = await openArchive('-', createArchivePorts(spool, { stdin }), never);
    const [image = expect.unreachable()] = opened.images;
    await using source = await image.open(never);
    expect((await source.readRoot(never)).digest).toBe(sample.manifest.digest);
    expect(await readdir(spool)).toHaveLength(1);
  });

  it('is refused when it is cut off', async () => {
    const bytes = compress(archive);
    // Not between two entries, where an archive may end.
    await writeFile(path, bytes.subarray(0, Math.floor(bytes.length / 2) + 99));
    await expect(rootOf(`oci-archive:${path}:1`, spool)).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
  });
});

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 5) yield bytes.subarray(at, at + 5);
}

describe('it is refused', () => {
  it.each<[string, string | Buffer, RegExp]>([
    ['by xz', Buffer.from('fd377a585a0000', 'hex'), /xz/],
    ['by bzip2', 'BZh91AY&SY', /bzip2/],
    ['when it is a text', 'a text that is long enough'.repeat(40), /not a tar archive/],
    ['when it is empty', '', /index\.json/],
  ])('%s', async (_when, content, why) => {
    await writeFile(path, content);
    await expect(rootOf(`oci-archive:${path}`, spool)).rejects.toMatchObject({
      code: 'ARCHIVE_UNREADABLE',
      message: expect.stringMatching(why),
    });
  });

  it('when it is a folder, or not there', async () => {
    await expect(rootOf(`oci-archive:${spool}`, spool)).rejects.toMatchObject({ code: 'ARCHIVE_UNREADABLE' });
    await expect(rootOf(`oci-archive:${path}x`, spool)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });
});

it('is called off while a pipe says nothing', async () => {
  const stop = new AbortController();
  const opening = openArchive('-', createArchivePorts(spool, { stdin: new PassThrough() }), stop.signal);
  stop.abort(new Error('enough'));
  await expect(opening).rejects.toThrow('enough');
});

it('is read from a named pipe', async () => {
  const pipe = join(folder.path, 'pipe');
  await promisify(execFile)('mkfifo', [pipe]);
  const writing = writeFile(pipe, archive);
  await using source = await openSource(`oci-archive:${pipe}:1`, spool);
  await writing;
  expect((await source.readRoot(never)).digest).toBe(sample.manifest.digest);
});
