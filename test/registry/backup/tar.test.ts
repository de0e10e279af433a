/** Archives of backups: headers, and reading them from pieces of any size. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { blobOfPath, parseEnd, pathOfBlob } from '../../../src/registry/backup/entries.ts';
import { BLOCK, gapAfter, parseHeader, writeHeader } from '../../../src/registry/backup/tar-header.ts';
import { readTar } from '../../../src/registry/backup/tar-reader.ts';

const FILES = [
  { path: 'a', text: 'one' },
  { path: pathOfBlob(digestOf('x', 'sha512')), text: '' },
  { path: 'c/d', text: 'x'.repeat(BLOCK) },
];

const ARCHIVE = Buffer.concat([
  ...FILES.map(({ path, text }) =>
    Buffer.concat([writeHeader({ path, size: text.length }), Buffer.from(text), Buffer.alloc(gapAfter(text.length))]),
  ),
  Buffer.alloc(2 * BLOCK),
]);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(source: AsyncIterable<Buffer>) {
  const found: { path: string; text: string }[] = [];
  for await (const { path, bytes } of readTar(source))
    found.push({ path, text: Buffer.concat(await Array.fromAsync(bytes)).toString() });
  return found;
}

it('reads what it wrote, of any size', () => {
  const size = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 8 ** 11 - 1, 8 ** 11));
  fc.assert(
    fc.property(size, fc.stringMatching(/^[a-z]{1,90}\/[a-z]{1,90}$/), (bytes, path) => {
      expect(parseHeader(writeHeader({ path, size: bytes }))).toEqual({ path, size: bytes });
    }),
  );
});

it('takes no header in which a bit has flipped', () => {
  const header = writeHeader({ path: 'a', size: 7 });
  for (let at = 0; at < BLOCK; at++) {
    const damaged = Buffer.from(header);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(parseHeader(damaged)).not.toEqual({ path: 'a', size: 8 });
    if (at < 100) expect(parseHeader(damaged)).toBeUndefined();
  }
});

it.each([1, 7, 512, 700, 100_000])('reads archives in pieces of %i bytes', async (size) => {
  expect(await readAll(inPieces(ARCHIVE, size))).toEqual(FILES);
});

it('passes over what nobody reads', async () => {
  const paths: string[] = [];
  for await (const { path } of readTar(inPieces(ARCHIVE, 100))) paths.push(path);
  expect(paths).toEqual(FILES.map(({ path }) => path));
});

it('sees that an archive is cut off, wherever that is', async () => {
  for (let end = 0; end < ARCHIVE.length - 2 * BLOCK; end += 61)
    await expect(readAll(inPieces(ARCHIVE.subarray(0, end), 300))).rejects.toMatchObject({ reason: 'cut-off' });
});

it('finds a digest in its own path alone', () => {
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const path = pathOfBlob(digestOf('x', algorithm));
    expect(blobOfPath(path)).toBe(digestOf('x', algorithm));
    expect(blobOfPath(`${path}/`)).toBeUndefined();
    expect(blobOfPath(path.replace('blobs', '../blobs'))).toBeUndefined();
  }
});

it('takes for an end only what is one', () => {
  const end = { database: digestOf('x'), lost: [digestOf('y')] };
  expect(parseEnd(JSON.stringify(end))).toEqual(end);
  for (const text of ['', '{}', 'null', '{"database":"x","lost":[]}', JSON.stringify({ ...end, lost: ['x'] })])
    expect(parseEnd(text)).toBeUndefined();
});
