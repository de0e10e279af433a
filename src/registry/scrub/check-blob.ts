/** Reads a blob's file and compares its digest. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Digest, algorithmOf, startDigest } from '../../oci/digest.ts';

/** Bytes read in one go. */
const PIECE_BYTES = 1024 * 1024;

/** A file that was read. */
export interface CheckedFile {
  readonly size: number;
  readonly isGood: boolean;
  readonly inode: bigint;
}

/**
 * Reads it whole, in pieces.
 * @param pause is awaited after each piece, with its bytes
 * @returns undefined when it is gone
 */
export async function checkBlob(
  path: string,
  digest: Digest,
  pause: (bytes: number) => Promise<void>,
): Promise<CheckedFile | undefined> {
  await using file = await openIfThere(path);
  if (file === undefined) return undefined;
  const running = startDigest(algorithmOf(digest));
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let size = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size);
    if (bytesRead === 0) break;
    running.update(buffer.subarray(0, bytesRead));
    size += bytesRead;
    await pause(bytesRead);
  }
  const { ino } = await file.stat({ bigint: true });
  return { size, isGood: running.finish() === digest, inode: ino };
}

async function openIfThere(path: string) {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
