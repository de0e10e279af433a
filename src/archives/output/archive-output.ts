/** Where an archive goes when it is whole: to a file, to standard output, into an engine. */
import { createWriteStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DevregError, systemCodeOf, translateFileErrors } from '../../errors.ts';
import type { ArchiveFile } from '../../tar/archive-file.ts';
import { writeTar } from '../../tar/write-tar.ts';
import { type Compression, compressors } from '../compression.ts';
import { syncFolder, writeStream } from './lasting-files.ts';

/** A place for one archive. */
export interface ArchiveOutput {
  /** For sentences. */
  readonly name: string;
  /** Where things can be kept until then, best on the same disk. */
  readonly workFolder: string;
  /** Writes the archive. @throws DevregError of the place; the signal's reason */
  write(files: readonly ArchiveFile[], signal: AbortSignal): Promise<void>;
}

/** Bytes on the way to a reader at a time. */
const PIECE_BYTES = 256 * 1024;

/** The archive as a stream. */
export function streamTar(files: readonly ArchiveFile[]): Readable {
  return Readable.from(writeTar(files), { objectMode: false, highWaterMark: PIECE_BYTES });
}

/**
 * A file, which appears as a whole; what is no plain file, such as a pipe, is written to as it is.
 * @param overwrite whether a file that is there and not empty is replaced
 * @throws DevregError ARCHIVE_EXISTS, PATH_BLOCKED
 */
export async function toFile(path: string, compression: Compression, overwrite: boolean): Promise<ArchiveOutput> {
  const there = await translateFileErrors(`write ${path}`, () => statIfThere(path));
  if (there?.isFile() === true && there.size > 0 && !overwrite) {
    throw new DevregError('conflict', 'ARCHIVE_EXISTS', `There is an archive ${path} already.`, {
      hint: 'Remove it, or choose another name.',
    });
  }
  if (there?.isDirectory() === true) {
    throw new DevregError('failure', 'PATH_BLOCKED', `Cannot write ${path}: a folder is in its place.`, {
      hint: 'Give the name of a file.',
    });
  }
  if (there !== undefined && !there.isFile()) {
    return toStream(path, () => createWriteStream(path), compression);
  }
  // A link stays one: what it leads to is replaced.
  const place = there === undefined ? path : await realpath(path);
  return {
    name: path,
    workFolder: dirname(place),
    async write(files, signal) {
      await writeStream(place, [streamTar(files), ...compressors(compression)], { lasting: true }, signal);
      await syncFolder(dirname(place));
    },
  };
}

/** Standard output, or what else is open. It is not closed when it was open before. */
export function toStream(
  name: string,
  open: () => Writable,
  compression: Compression,
  { end = true, workFolder = tmpdir() }: { readonly end?: boolean; readonly workFolder?: string } = {},
): ArchiveOutput {
  return {
    name,
    workFolder,
    async write(files, signal) {
      try {
        await pipeline([streamTar(files), ...compressors(compression), open()], { signal, end });
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      }
    },
  };
}

async function statIfThere(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
