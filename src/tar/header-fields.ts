/** Headers of tar archives: where their fields are, and how numbers are written in them. */

/** Bytes of a block; headers are one, and contents are filled up to whole ones. */
export const BLOCK = 512;

/** A field of a header: where it begins and how long it is. */
export interface Field {
  readonly at: number;
  readonly size: number;
}

/** The fields. @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
export const FIELDS = {
  name: { at: 0, size: 100 },
  mode: { at: 100, size: 8 },
  uid: { at: 108, size: 8 },
  gid: { at: 116, size: 8 },
  size: { at: 124, size: 12 },
  time: { at: 136, size: 12 },
  checksum: { at: 148, size: 8 },
  type: { at: 156, size: 1 },
  link: { at: 157, size: 100 },
  magic: { at: 257, size: 8 },
  prefix: { at: 345, size: 155 },
} as const satisfies Record<string, Field>;

/** The first byte of a number that is written in binary: GNU's way beyond what octal digits hold. */
const BINARY_MARK = 0x80;
const NEGATIVE_MARK = 0xff;

/** Octal digits with leading zeros and a NUL at the end; in binary when they do not fit. */
export function writeNumber(header: Buffer, { at, size }: Field, value: number): void {
  const digits = value.toString(8);
  if (digits.length < size) {
    header.write(digits.padStart(size - 1, '0'), at);
    return;
  }
  header[at] = BINARY_MARK;
  header.writeBigUInt64BE(BigInt(value), at + size - 8);
}

/** @returns NaN for what is no number that can be counted with */
export function readNumber(header: Buffer, field: Field): number {
  const { at, size } = field;
  const first = header[at] ?? 0;
  if (first === NEGATIVE_MARK) return Number.NaN;
  if (first >= BINARY_MARK) {
    const high = header.subarray(at + 1, at + size - 8);
    return first === BINARY_MARK && high.every((byte) => byte === 0)
      ? Number(header.readBigUInt64BE(at + size - 8))
      : Number.NaN;
  }
  const digits = readText(header, field).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits === '' ? '0' : digits, 8) : Number.NaN;
}

/** Up to the first NUL. */
export function readText(header: Buffer, { at, size }: Field): string {
  const field = header.subarray(at, at + size);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? size : end);
}

/** The sum of all bytes, its own field taken as blanks. */
export function checksumOf(header: Buffer): number {
  const { at, size } = FIELDS.checksum;
  let sum = size * ' '.charCodeAt(0);
  for (const [index, byte] of header.entries()) {
    if (index < at || index >= at + size) sum += byte;
  }
  return sum;
}

/** The length of a content with what fills its last block. */
export function paddedLength(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}
