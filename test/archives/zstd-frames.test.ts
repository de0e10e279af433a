/** Zstandard is uncompressed to its end, however many frames it has and however it arrives. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decompressors } from '../../src/archives/compression.ts';

const SKIPPED = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]);

async function uncompress(pieces: readonly Buffer[]): Promise<string> {
  const streams = decompressors('zstd');
  const last = streams.at(-1) ?? expect.unreachable();
  const [text] = await Promise.all([buffer(last), pipeline([Readable.from(pieces), ...streams])]);
  return text.toString('latin1');
}

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let number = 0; at < bytes.length; number++) {
    const length = lengths[number % lengths.length] ?? 1;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

it('has all frames, of any content, cut anywhere', async () => {
  const part = fc.oneof(
    fc.constant(SKIPPED),
    fc.string({ maxLength: 300 }).map((text) => zstdCompressSync(Buffer.from(text, 'latin1'))),
    fc.constantFrom(300, 70_000, 400_000).map((length) => zstdCompressSync(Buffer.alloc(length, 'ab'))),
  );
  const parts = fc.array(part, { minLength: 1, maxLength: 6 });
  const lengths = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(parts, lengths, async (frames, sizes) => {
      const alone = await Promise.all(frames.filter((frame) => frame !== SKIPPED).map((frame) => uncompress([frame])));
      expect(await uncompress(cut(Buffer.concat(frames), sizes))).toBe(alone.join(''));
    }),
    { numRuns: 60 },
  );
});

it('has the content that went in', async () => {
  const frames = ['one ', '', 'two ', 'three'].map((text) => zstdCompressSync(Buffer.from(text)));
  expect(await uncompress([Buffer.concat([SKIPPED, ...frames, SKIPPED])])).toBe('one two three');
});

it.each([
  ['cut off', zstdCompressSync(Buffer.alloc(100_000, 'abc')).subarray(0, 20)],
  ['something else after a frame', Buffer.concat([zstdCompressSync(Buffer.from('x')), Buffer.alloc(40, 'y')])],
])('fails when it is %s', async (_what, bytes) => {
  await expect(uncompress([bytes])).rejects.toThrow();
});
