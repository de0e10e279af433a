/** Range headers: which bytes of a representation a client asks for, and which bytes it sends. */
import { RANGES_MAX } from './limits.ts';

/** A range of bytes, `end` being one past the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const RANGE_SPEC = /^(?:(\d{1,16})-(\d{0,16})|-(\d{1,16}))$/;
const CONTENT_RANGE = /^(?:bytes[ =])?(\d{1,16})-(\d{1,16})(?:\/(?:\d{1,16}|\*))?$/;

/**
 * Reads a Range header against a size.
 * Ranges that overlap or touch are joined when that keeps their order. A header that is not understood (another unit,
 * too many ranges) or asks for more than the whole is ignored, as RFC 9110 §14.2 permits; one whose every range lies
 * outside, or that names a last byte before the first, is unsatisfiable. Clients that always ask for ranges do so of
 * empty content too, of which no range can be had: they get the whole.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14
 */
export function parseRange(header: string, size: number): readonly ByteRange[] | 'ignore' | 'unsatisfiable' {
  if (!header.startsWith('bytes=')) return 'ignore';
  const specs = header
    .slice('bytes='.length)
    .split(',')
    .map((spec) => spec.trim())
    .filter((spec) => spec !== '');
  if (specs.length === 0 || specs.length > RANGES_MAX) return 'ignore';
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const match = RANGE_SPEC.exec(spec);
    if (match === null) return 'ignore';
    const range = toByteRange(match, size);
    if (range === 'backwards') return 'unsatisfiable';
    if (range !== undefined) joinOrPush(ranges, range);
  }
  if (ranges.length === 0) return size === 0 ? 'ignore' : 'unsatisfiable';
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0) > size ? 'ignore' : ranges;
}

function toByteRange([, first, last, suffix]: RegExpExecArray, size: number): ByteRange | 'backwards' | undefined {
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size);
    return length === 0 ? undefined : { start: size - length, end: size };
  }
  const start = Number(first);
  if (last === '') return start < size ? { start, end: size } : undefined;
  if (Number(last) < start) return 'backwards';
  return start < size ? { start, end: Math.min(Number(last) + 1, size) } : undefined;
}

function joinOrPush(ranges: ByteRange[], range: ByteRange): void {
  const previous = ranges.at(-1);
  if (previous !== undefined && range.start >= previous.start && range.start <= previous.end) {
    ranges[ranges.length - 1] = { start: previous.start, end: Math.max(previous.end, range.end) };
  } else {
    ranges.push(range);
  }
}

/**
 * Reads the Content-Range of an upload: `first-last`, as the distribution-spec writes it; HTTP's own form
 * `bytes first-last/size` is understood as well.
 * @returns the range, or undefined when the text is not one
 */
export function parseContentRange(header: string): ByteRange | undefined {
  const match = CONTENT_RANGE.exec(header.trim());
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = Number(match[2]) + 1;
  return end > start && Number.isSafeInteger(end) ? { start, end } : undefined;
}

/** The Range header that tells how much of an upload is there; an empty one reads `0-0`, since `0--1` breaks clients. */
export function formatUploadRange(size: number): string {
  return `0-${Math.max(size - 1, 0)}`;
}
