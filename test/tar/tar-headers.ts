/** Archives made block by block, as programs of all sorts write them. */
import type { RandomAccess } from '../../src/tar/scan-tar.ts';

/** One entry. */
export interface MadeEntry {
  readonly name: string;
  readonly type?: string;
  readonly content?: string;
  /** What the header says, when it is not the content's. */
  readonly size?: Buffer | string;
  readonly link?: string;
  readonly prefix?: string;
  readonly magic?: string;
}

/** An entry with its header. */
export function makeEntry({
  name,
  type = '0',
  content = '',
  size,
  link = '',
  prefix = '',
  magic = 'ustar\u000000',
}: MadeEntry): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100, 'latin1');
  const written = size ?? content.length.toString(8).padStart(11, '0');
  if (typeof written === 'string') header.write(written, 124, 'latin1');
  else written.copy(header, 124);
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write(link, 157);
  header.write(magic, 257, 'latin1');
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const padded = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  padded.write(content, 'latin1');
  return Buffer.concat([header, padded]);
}

/** An archive with its end. */
export function makeTar(...entries: readonly MadeEntry[]): Buffer {
  return Buffer.concat([...entries.map(makeEntry), Buffer.alloc(1024)]);
}

/** Bytes in memory, to be read anywhere. */
export function accessOf(bytes: Buffer, size = bytes.length): RandomAccess {
  return { size, read: async (at, length) => bytes.subarray(at, at + length) };
}
