/** What goes into an archive: folders, texts, and files of this machine. */
import { createReadStream } from 'node:fs';
import { dirname } from 'node:path/posix';

/** One entry of an archive; paths have no leading slash. */
export type ArchiveFile =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'bytes'; readonly path: string; readonly mode: number; readonly bytes: Buffer }
  | {
      readonly kind: 'stream';
      readonly path: string;
      readonly mode: number;
      readonly length: number;
      /** Opens the content, which has exactly that length. */
      readonly open: () => AsyncIterable<Buffer>;
    };

/** A file was replaced while it was read. */
export class InputChangedError extends Error {
  override readonly name = 'InputChangedError';
}

/** Files are read in pieces of this size. */
const PIECE_BYTES = 1024 * 1024;

/** A file of this machine as an entry. */
export function fileOfDisk(path: string, mode: number, source: { path: string; size: number }): ArchiveFile {
  const open = () => createReadStream(source.path, { highWaterMark: PIECE_BYTES });
  return { kind: 'stream', path, mode, length: source.size, open };
}

/** Bytes of an entry's content. */
export function lengthOf(file: ArchiveFile): number {
  if (file.kind === 'folder') return 0;
  return file.kind === 'bytes' ? file.bytes.length : file.length;
}

/** The content of an entry. @throws InputChangedError when it is longer or shorter than was said */
export async function* readContent(file: ArchiveFile): AsyncGenerator<Buffer> {
  if (file.kind === 'bytes') yield file.bytes;
  if (file.kind !== 'stream') return;
  let left = file.length;
  for await (const piece of file.open()) {
    left -= piece.length;
    yield piece;
  }
  if (left !== 0) throw new InputChangedError(`What becomes ${file.path} changed while it was read.`);
}

/** Adds the folders that entries lie in, and puts everything in order: by path, folders before what is in them. */
export function withFolders(files: readonly ArchiveFile[]): ArchiveFile[] {
  const all = new Map<string, ArchiveFile>();
  for (const file of files) {
    for (let folder = dirname(file.path); folder !== '.'; folder = dirname(folder)) {
      if (!all.has(folder)) all.set(folder, { kind: 'folder', path: folder, mode: 0o755 });
    }
    all.set(file.path, file);
  }
  return [...all.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}
