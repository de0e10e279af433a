/** An upload as the client who began it knows it. */
import type { Digest } from '../../../src/oci/digest.ts';
import type { BlobContent } from '../contents/blob-content.ts';

/** How many bytes of an upload the server has. */
export interface Offset {
  /** At least. */
  low: number;
  /** At most; the same as `low` when it is known for sure. */
  high: number;
  /** Or none at all: a request to end the upload was not answered, and its bytes go before it does. */
  mayBeEmpty: boolean;
}

/** An upload that was begun; the client changes what it knows of it as answers come, or do not. */
export interface Upload extends Offset {
  /** Its name in the model. */
  readonly session: string;
  readonly repository: string;
  /** Where the server said it is. */
  readonly location: string;
  readonly content: BlobContent;
  /** Under which the bytes shall be stored. */
  readonly digest: Digest;
  /** An earlier request may still be at work on it, so that what the server tells may be outdated already. */
  isContended: boolean;
}

/**
 * What a Range header says of an upload, given what is known already.
 * It names the last byte, which is 0 for one byte as well as for none.
 * @returns undefined when that cannot be
 */
export function possibleOffset({ low, high, mayBeEmpty }: Offset, range: string | undefined): Offset | undefined {
  const last = /^0-(\d+)$/.exec(range ?? '')?.[1];
  if (last === undefined) return undefined;
  const told = { low: last === '0' ? 0 : Number(last) + 1, high: Number(last) + 1 };
  const both = { low: Math.max(told.low, low), high: Math.min(told.high, high), mayBeEmpty: false };
  if (both.low <= both.high) return told.low === 0 && mayBeEmpty ? { ...both, low: 0 } : both;
  return told.low === 0 && mayBeEmpty ? { low: 0, high: 0, mayBeEmpty: false } : undefined;
}

/** Takes over what the server told; of an upload at which something may still be at work, that is only a beginning. */
export function learnOffset(upload: Upload, range: string | undefined): void {
  const offset = possibleOffset(upload, range);
  if (offset === undefined) throw new Error(`${upload.session} cannot be at ${range}.`);
  Object.assign(upload, upload.isContended ? { low: offset.low } : offset);
}

/** Notes that the end is about to be asked for. */
export function noteEnding(upload: Upload): void {
  Object.assign(upload, { high: upload.content.bytes.length, mayBeEmpty: true });
}
