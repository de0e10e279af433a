/**
 * Memory that long answers are read into, used again as soon as what was in it has been sent on: new memory for each
 * piece costs more than to read it, and gathers garbage by the gigabyte.
 */
import { noteReceived } from '../../registry/http/reclaim.ts';

/** Of what a socket holds ready while its reader is busy: longer pieces are fewer rounds through everybody's hands. */
const LENGTH = 1024 * 1024;

/** For some transfers at the same time; what is more is left to the garbage collector. */
const KEPT_MAX = 16;

/** Pieces up to this length are worth a copy: the memory they came in goes on being read into. */
const SHORT_MAX_BYTES = LENGTH / 8;

/** When so many do not come back, readers keep what they get: they get it in less memory, which is theirs. */
const AWAY_MAX = 24;

/** Of memory that is not used again; no less, since who writes files pays for each round. */
const GIVEN_LENGTH = 256 * 1024;

const kept: Buffer[] = [];
let away = 0;
const lent = new WeakMap<ArrayBufferLike, Buffer>();

/** @returns memory to read into, for `lendPiece` or `keepMemory` */
export function takeMemory(): Buffer {
  const memory = kept.pop();
  if (memory !== undefined) return memory;
  // Pieces that are given are counted as they come.
  if (away >= AWAY_MAX) return Buffer.allocUnsafeSlow(GIVEN_LENGTH);
  noteReceived(LENGTH);
  return Buffer.allocUnsafeSlow(LENGTH);
}

/** Takes back memory that nobody looks at any more. */
export function keepMemory(memory: Buffer): void {
  if (kept.length < KEPT_MAX) kept.push(memory);
}

/**
 * Hands on what was read. Who sends it on gives it back; with others it stays, for as long as they hold it.
 * @param memory from `takeMemory`, for nothing else afterwards
 */
export function lendPiece(memory: Buffer, start: number, end: number): Buffer {
  const piece = memory.subarray(start, end);
  if (piece.length <= SHORT_MAX_BYTES) {
    const copy = Buffer.from(piece);
    keepMemory(memory);
    return copy;
  }
  if (memory.length === GIVEN_LENGTH) return piece;
  lent.set(memory.buffer, memory);
  away++;
  return piece;
}

/** Gives back a piece that nobody looks at any more; what was not lent, or was given back before, is left alone. */
export function giveBack({ buffer }: Uint8Array): void {
  const memory = lent.get(buffer);
  if (memory === undefined) return;
  lent.delete(buffer);
  away--;
  keepMemory(memory);
}

/** Whether the memory of a piece will be used again. */
export function isLent({ buffer }: Uint8Array): boolean {
  return lent.has(buffer);
}
