/** Writes tar archives of which every byte follows from the files: no times, no owners. */
import { type ArchiveFile, lengthOf, readContent } from './archive-file.ts';
import { BLOCK, checksumOf, FIELDS, paddedLength, writeNumber } from './header-fields.ts';
import { formatPaxRecord } from './pax.ts';

/** An archive ends with two empty blocks. */
const END = Buffer.alloc(2 * BLOCK);

/** What a reader sees that does not know extended headers. */
const PAX_NAME = 'PaxHeaders/entry';

interface Header {
  readonly name: string;
  readonly prefix: string;
  readonly type: '0' | '5' | 'x';
  readonly mode: number;
  readonly length: number;
}

/**
 * Writes an archive piece by piece.
 * @param files in the order they shall have; folders before what is in them
 * @throws InputChangedError when a file is not as long as it was
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export async function* writeTar(files: readonly ArchiveFile[]): AsyncGenerator<Buffer> {
  for (const file of files) {
    yield headersOf(file);
    yield* readContent(file);
    const gap = paddedLength(lengthOf(file)) - lengthOf(file);
    if (gap > 0) yield Buffer.alloc(gap);
  }
  yield END;
}

/** The header of a file; one more before it when its path is too long for one. */
function headersOf(file: ArchiveFile): Buffer {
  const isFolder = file.kind === 'folder';
  const path = isFolder ? `${file.path}/` : file.path;
  const own = { type: isFolder ? '5' : '0', mode: file.mode, length: lengthOf(file) } as const;
  const split = splitPath(path);
  if (split !== undefined) return formatHeader({ ...own, ...split });
  const record = Buffer.from(formatPaxRecord('path', path));
  const content = Buffer.alloc(paddedLength(record.length));
  record.copy(content);
  const pax = formatHeader({ name: PAX_NAME, prefix: '', type: 'x', mode: 0o644, length: record.length });
  const shortened = Buffer.from(path).subarray(0, FIELDS.name.size).toString('latin1');
  return Buffer.concat([
    pax,
    content,
    formatHeader({ ...own, name: shortened.replaceAll(/[^ -~]/g, '_'), prefix: '' }),
  ]);
}

function formatHeader({ name, prefix, type, mode, length }: Header): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, FIELDS.name.at);
  header.write(prefix, FIELDS.prefix.at);
  writeNumber(header, FIELDS.mode, mode);
  writeNumber(header, FIELDS.uid, 0);
  writeNumber(header, FIELDS.gid, 0);
  writeNumber(header, FIELDS.size, length);
  writeNumber(header, FIELDS.time, 0);
  header.write(type, FIELDS.type.at);
  header.write('ustar\u000000', FIELDS.magic.at, 'latin1');
  const sum = checksumOf(header).toString(8).padStart(6, '0');
  header.write(`${sum}\u0000 `, FIELDS.checksum.at, 'latin1');
  return header;
}

/** A long path is cut at a slash into a prefix and a name. @returns undefined when it fits nowhere */
function splitPath(path: string): { readonly name: string; readonly prefix: string } | undefined {
  if (Buffer.byteLength(path) <= FIELDS.name.size) return { name: path, prefix: '' };
  for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1)) {
    const prefix = path.slice(0, cut);
    const name = path.slice(cut + 1);
    const fits =
      Buffer.byteLength(prefix) <= FIELDS.prefix.size && Buffer.byteLength(name) <= FIELDS.name.size && name !== '';
    if (fits) return { name, prefix };
  }
  return undefined;
}
