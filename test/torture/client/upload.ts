/** An upload as the client who began it knows it. */
import type { Digest } from '../../../src/oci/digest.ts';
import type { BlobContent } from '../contents/blob-content.ts';

/** An upload that was begun; the client changes what it knows of it as answers come, or do not. */
export interface Upload {
  /** Its name in the model. */
  readonly session: string;
  readonly repository: string;
  /** Where the server said it is. */
  readonly location: string;
  readonly content: BlobContent;
  /** Under which the bytes shall be stored. */
  readonly digest: Digest;
  /** How many bytes the server has at least. */
  low: number;
  /** How many at most; the same as `low` when that is known for sure. */
  high: number;
  /** An earlier request may still be at work on it, so that what the server tells may be outdated already. */
  isContended: boolean;
}

/** What an answer's Range header says of an upload: its last byte, which is 0 for one byte as well as for none. */
export function readOffset(range: string | undefined): { readonly low: number; readonly high: number } | undefined {
  const last = /^0-(\d+)$/.exec(range ?? '')?.[1];
  if (last === undefined) return undefined;
  return { low: last === '0' ? 0 : Number(last) + 1, high: Number(last) + 1 };
}

/** Takes over what the server tells of its bytes. @returns whether it can be true */
export function learnOffset(upload: Upload, range: string | undefined): boolean {
  const told = readOffset(range);
  if (told === undefined) return false;
  const low = Math.max(told.low, upload.low);
  const high = Math.min(told.high, upload.high);
  if (low > high) return false;
  Object.assign(upload, upload.isContended ? { low } : { low, high });
  return true;
}
