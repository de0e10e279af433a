/** Writes tar archives of which every byte follows from the files: no times, no owners. */
import { type ArchiveFile, lengthOf, readContent } from './archive-file.ts';

const BLOCK = 512;

/** Fields of a header: where they begin and how long they are (POSIX ustar). */
const NAME = { at: 0, size: 100 };
const MODE = { at: 100, size: 8 };
const UID = { at: 108, size: 8 };
const GID = { at: 116, size: 8 };
const SIZE = { at: 124, size: 12 };
const TIME = { at: 136, size: 12 };
const CHECKSUM = { at: 148, size: 8 };
const TYPE_AT = 156;
const MAGIC_AT = 257;
const PREFIX = { at: 345, size: 155 };

/** An archive ends with two empty blocks. */
const END = Buffer.alloc(2 * BLOCK);

/**
 * Writes an archive piece by piece.
 * @param files in the order they shall have; folders before what is in them
 * @throws RangeError when a path does not fit a header; InputChangedError when a file is not as long as it was
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export async function* writeTar(files: readonly ArchiveFile[]): AsyncGenerator<Buffer> {
  for (const file of files) {
    yield tarHeader(file);
    yield* readContent(file);
    const gap = padded(lengthOf(file)) - lengthOf(file);
    if (gap > 0) yield Buffer.alloc(gap);
  }
  yield END;
}

function padded(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}

function tarHeader(file: ArchiveFile): Buffer {
  const header = Buffer.alloc(BLOCK);
  const isFolder = file.kind === 'folder';
  const { name, prefix } = splitPath(isFolder ? `${file.path}/` : file.path);
  header.write(name, NAME.at);
  header.write(prefix, PREFIX.at);
  writeNumber(header, MODE, file.mode);
  writeNumber(header, UID, 0);
  writeNumber(header, GID, 0);
  writeNumber(header, SIZE, lengthOf(file));
  writeNumber(header, TIME, 0);
  header.write(isFolder ? '5' : '0', TYPE_AT);
  header.write('ustar\u000000', MAGIC_AT, 'latin1');
  writeChecksum(header);
  return header;
}

/** Octal digits with leading zeros and a NUL at the end. */
function writeNumber(header: Buffer, { at, size }: { readonly at: number; readonly size: number }, value: number) {
  header.write(value.toString(8).padStart(size - 1, '0'), at);
}

/** The sum of all bytes, its own field taken as blanks. */
function writeChecksum(header: Buffer): void {
  header.fill(' ', CHECKSUM.at, CHECKSUM.at + CHECKSUM.size);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, CHECKSUM.at, 'latin1');
}

/** A long path is cut at a slash into a prefix and a name. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= NAME.size) return { name: path, prefix: '' };
  for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1)) {
    const prefix = path.slice(0, cut);
    const name = path.slice(cut + 1);
    const fits = Buffer.byteLength(prefix) <= PREFIX.size && Buffer.byteLength(name) <= NAME.size && name !== '';
    if (fits) return { name, prefix };
  }
  throw new RangeError(`The path ${path} is too long for a tar archive.`);
}
