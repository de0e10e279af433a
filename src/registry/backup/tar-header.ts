/** Headers of tar archives: the one block before each file. */

/** Bytes of a block. */
export const BLOCK = 512;

/** Fields of a header: where they begin and how long they are (POSIX ustar). */
const NAME = { at: 0, size: 100 };
const SIZE = { at: 124, size: 12 };
const CHECKSUM = { at: 148, size: 8 };
const TYPE_AT = 156;
const MAGIC_AT = 257;
const PREFIX = { at: 345, size: 155 };

/** Mode, owner, group and time: files of their owner alone, and nothing that differs from one machine to another. */
const CONSTANTS = [
  { at: 100, text: '0000600\0' },
  { at: 108, text: '0000000\0' },
  { at: 116, text: '0000000\0' },
  { at: 136, text: '00000000000\0' },
  { at: TYPE_AT, text: '0' },
  { at: MAGIC_AT, text: 'ustar\u000000' },
];

/** A larger size is written in binary, as GNU tar, bsdtar and Python do: eleven octal digits end at 8 GiB. */
const OCTAL_MAX = 8 ** 11 - 1;
const BINARY_MARK = 0x80;

/** A file in an archive. */
export interface TarEntry {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Writes the header of a file.
 * @throws RangeError when the path does not fit
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function writeHeader({ path, size }: TarEntry): Buffer {
  const header = Buffer.alloc(BLOCK);
  const { prefix, name } = splitPath(path);
  header.write(name, NAME.at, 'latin1');
  header.write(prefix, PREFIX.at, 'latin1');
  for (const { at, text } of CONSTANTS) header.write(text, at, 'latin1');
  writeSize(header, size);
  const sum = sumOf(header).toString(8).padStart(6, '0');
  header.write(`${sum}\0 `, CHECKSUM.at, 'latin1');
  return header;
}

/** @returns the file, `end` for the empty block that ends an archive, or undefined for what is no header of a file */
export function parseHeader(header: Buffer): TarEntry | 'end' | undefined {
  if (header.every((byte) => byte === 0)) return 'end';
  if (Number.parseInt(textOf(header, CHECKSUM), 8) !== sumOf(header)) return undefined;
  const isFile = header[TYPE_AT] === '0'.charCodeAt(0);
  const size = readSize(header);
  if (!isFile || !Number.isSafeInteger(size) || size < 0) return undefined;
  const prefix = textOf(header, PREFIX);
  const name = textOf(header, NAME);
  return { path: prefix === '' ? name : `${prefix}/${name}`, size };
}

/** Empty bytes behind a file, up to the next block. */
export function gapAfter(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** A long path is cut at its last slash. */
function splitPath(path: string): { readonly prefix: string; readonly name: string } {
  if (path.length <= NAME.size) return { prefix: '', name: path };
  const cut = path.lastIndexOf('/');
  const prefix = path.slice(0, Math.max(cut, 0));
  const name = path.slice(cut + 1);
  if (prefix.length > PREFIX.size || name.length > NAME.size) throw new RangeError(`${path} is too long for tar.`);
  return { prefix, name };
}

function writeSize(header: Buffer, size: number): void {
  if (size <= OCTAL_MAX) {
    header.write(size.toString(8).padStart(SIZE.size - 1, '0'), SIZE.at, 'latin1');
    return;
  }
  header[SIZE.at] = BINARY_MARK;
  header.writeBigUInt64BE(BigInt(size), SIZE.at + SIZE.size - 8);
}

function readSize(header: Buffer): number {
  if (header[SIZE.at] === BINARY_MARK) return Number(header.readBigUInt64BE(SIZE.at + SIZE.size - 8));
  return Number.parseInt(textOf(header, SIZE), 8);
}

/** The sum of all bytes, its own field taken as blanks. */
function sumOf(header: Buffer): number {
  const blanks = CHECKSUM.size * ' '.charCodeAt(0);
  const outside = [header.subarray(0, CHECKSUM.at), header.subarray(CHECKSUM.at + CHECKSUM.size)];
  return outside.reduce((sum, part) => part.reduce((total, byte) => total + byte, sum), blanks);
}

/** Up to the first NUL. */
function textOf(header: Buffer, { at, size }: { readonly at: number; readonly size: number }): string {
  const field = header.subarray(at, at + size);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? size : end);
}
