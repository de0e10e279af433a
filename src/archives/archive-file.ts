/** Archives of any kind, from a file or from a pipe, compressed or not, as a tree of files. */
import { createReadStream, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { systemCodeOf, translateReadErrors } from '../errors.ts';
import { archiveUnreadable, pathNotFound } from './archive-errors.ts';
import { compressionOf, decompressors, isDamaged, MAGIC_BYTES, peek } from './compression.ts';
import type { FileTree } from './file-tree.ts';
import { writeStream } from './output/lasting-files.ts';
import { makeWorkFolder } from './output/work-folder.ts';
import { openTar } from './tar-tree.ts';

/**
 * Opens a file. A plain one is read where it is; a compressed one, and what is no file, is first written down: images
 * are read here and there, and what says where may come last.
 * @param spoolFolder where to write it down
 * @throws DevregError ARCHIVE_UNREADABLE, those of the file system; the signal's reason
 */
export async function openArchiveFile(path: string, spoolFolder: string, signal: AbortSignal): Promise<FileTree> {
  const isPlain = await translateReadErrors(path, async () => {
    const facts = await statFile(path);
    if (facts.isDirectory()) throw archiveUnreadable(path, 'it is a folder, not an archive');
    return facts.isFile() && compressionOf(await readHead(path)) === 'none';
  });
  if (isPlain) return openTar(path);
  return openArchiveStream(createReadStream(path), path, spoolFolder, signal);
}

async function statFile(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw systemCodeOf(error) === 'ENOENT' ? pathNotFound(path, error) : error;
  }
}

async function readHead(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

/**
 * Opens what comes from a pipe; it is gone from the disk when the tree is disposed of.
 * @param name for sentences
 * @throws DevregError ARCHIVE_UNREADABLE, those of the file system; what the stream fails with; the signal's reason
 */
export async function openArchiveStream(
  stream: Readable,
  name: string,
  spoolFolder: string,
  signal: AbortSignal,
): Promise<FileTree> {
  const work = await makeWorkFolder(spoolFolder);
  try {
    const path = join(work.path, 'archive.tar');
    await writeDown(stream, path, name, signal);
    const tree = await openTar(path, name);
    return { ...tree, [Symbol.asyncDispose]: () => work[Symbol.asyncDispose]() };
  } catch (error) {
    await work[Symbol.asyncDispose]();
    throw error;
  }
}

async function writeDown(stream: Readable, path: string, name: string, signal: AbortSignal): Promise<void> {
  addAbortSignal(signal, stream);
  try {
    const { head, all } = await peek(stream);
    const compression = compressionOf(head);
    if (compression === 'bzip2' || compression === 'xz') {
      stream.destroy();
      throw archiveUnreadable(name, `it is compressed by ${compression}, which is not supported; gzip and zstd are`);
    }
    const streams = [Readable.from(all, { objectMode: false }), ...decompressors(compression)] as const;
    await writeStream(path, streams, { lasting: false }, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isDamaged(error)) throw archiveUnreadable(name, 'it is damaged, or ends too early', error);
    throw error;
  }
}
