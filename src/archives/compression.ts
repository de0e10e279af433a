/** How archives and layers are compressed, told from their first bytes. */
import type { Readable, Transform } from 'node:stream';
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { splitZstdFrames } from './zstd-frames.ts';

/** How bytes are compressed. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** As many bytes tell it. */
export const MAGIC_BYTES = 6;

const MAGICS: readonly (readonly [Compression | 'bzip2' | 'xz', string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
  ['bzip2', '425a68'],
  ['xz', 'fd377a585a00'],
];

/** Skippable frames, with which compressed layers may begin. */
const SKIPPABLE = /^5[0-9a-f]2a4d18/;

/** Levels above cost seconds and save a few percent. */
const ZSTD_LEVEL = 3;

/** @returns `bzip2` and `xz` are recognized alone, so that they can be refused by name */
export function compressionOf(head: Buffer): Compression | 'bzip2' | 'xz' {
  const hex = head.toString('hex', 0, MAGIC_BYTES);
  if (SKIPPABLE.test(hex)) return 'zstd';
  return MAGICS.find(([, magic]) => hex.startsWith(magic))?.[0] ?? 'none';
}

/** What a stream goes through to be plain. */
export function decompressors(compression: Compression): Transform[] {
  if (compression === 'gzip') return [createGunzip()];
  return compression === 'zstd' ? [splitZstdFrames(), createZstdDecompress()] : [];
}

/** What a stream goes through to be compressed. */
export function compressors(compression: Compression): Transform[] {
  if (compression === 'gzip') return [createGzip()];
  return compression === 'zstd'
    ? [createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } })]
    : [];
}

/** Whether an error is a decompressor's: the bytes are damaged or end too early. */
export function isDamaged(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_|ERR_ZSTD)/.test(String(error.code));
}

/** A stream's first bytes, and the stream with them put back. */
export async function peek(stream: Readable): Promise<{ readonly head: Buffer; readonly all: AsyncGenerator<Buffer> }> {
  const pieces: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const { done, value } = await pieces.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return { head, all: rest(head, pieces) };
}

async function* rest(head: Buffer, pieces: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}
