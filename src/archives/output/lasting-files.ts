/** Files that are there as a whole or not at all, also after a power cut. */
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemCodeOf, translateFileErrors } from '../../errors.ts';
import { partialName } from './work-folder.ts';

/** How files are written. */
export interface FileWriting {
  /** Whether they must outlast a power cut; what is thrown away at the end need not. */
  readonly lasting: boolean;
}

/**
 * Writes a stream to a file, through what changes or checks it.
 * @param path replaced when it is there
 * @throws DevregError of the file system; what the streams fail with; the signal's reason
 */
export async function writeStream(
  path: string,
  streams: readonly [Readable, ...Transform[]],
  { lasting }: FileWriting,
  signal?: AbortSignal,
): Promise<void> {
  const partial = join(dirname(path), partialName());
  const sink = createWriteStream(partial, { flags: 'wx', flush: lasting });
  try {
    await translateFileErrors(`write ${path}`, async () => {
      await pipeline([...streams, sink], signal === undefined ? {} : { signal });
      await rename(partial, path);
    });
  } catch (error) {
    await rm(partial, { force: true });
    signal?.throwIfAborted();
    throw error;
  }
}

/** Writes a small file, replacing what is there. @throws DevregError of the file system */
export async function writeBytes(path: string, bytes: Uint8Array, { lasting }: FileWriting): Promise<void> {
  const partial = join(dirname(path), partialName());
  await translateFileErrors(`write ${path}`, async () => {
    try {
      await using file = await open(partial, 'wx');
      await file.writeFile(bytes);
      if (lasting) await file.sync();
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    await rename(partial, path);
  });
}

/** What a system says that does not sync folders. */
const UNSUPPORTED = new Set(['EISDIR', 'EPERM', 'EINVAL', 'EACCES']);

/** Makes the names in a folder last. */
export async function syncFolder(path: string): Promise<void> {
  try {
    await using folder = await open(path, 'r');
    await folder.sync();
  } catch (error) {
    if (!UNSUPPORTED.has(systemCodeOf(error) ?? '')) throw error;
  }
}
