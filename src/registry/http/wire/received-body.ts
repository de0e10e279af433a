/** The body of a request on its way from the connection to whoever reads it: at most two batches, in memory that is lent. */
import { RegistryError } from '../../core/registry-error.ts';
import { BODY_BATCH_BYTES, BODY_BATCH_PIECES } from '../limits.ts';
import { noteReceived } from '../reclaim.ts';
import type { Framing } from './framing.ts';
import type { ReceiveBuffers } from './receive-buffers.ts';

/** From this many bytes still to come on, memory of its own pays for a body. */
const LARGE_BODY_BYTES = 256 * 1024;
/** A client that sends this much at once is quick enough to fill it soon. */
const QUICK_BYTES = 32 * 1024;
/** A buffer with less room than this left counts as full: a read of a few bytes costs as much as one of many. */
const ROOM_MIN_BYTES = 32 * 1024;
/** Chunks smaller than this are moved together: a piece for each byte would take hundreds of times its room. */
const SMALL_PIECE_BYTES = 4 * 1024;

/** Pieces that are passed on together, and the buffer in which they lie, if they have one. */
interface Batch {
  readonly pieces: Buffer[];
  bytes: number;
  /** How far the buffer is filled, by what belongs to the body and what frames it. */
  filled: number;
  buffer: Buffer | undefined;
}

export class ReceivedBody {
  /** Bytes of body that have come. */
  received = 0;
  /** Whether nobody wants what still comes. */
  #isAbandoned = false;
  readonly #framing: Framing;
  readonly #buffers: ReceiveBuffers;
  readonly #resume: () => void;
  #filling = emptyBatch();
  /** Full, and not asked for yet. */
  #waiting: Batch | undefined;
  #lent: Batch | undefined;
  /** Memory that the system may still write into, although nobody wants the body any more. */
  #stranded: Batch | undefined;
  /** Why no more will come, although it is not over. */
  #failure: RegistryError | undefined;
  #isAwaited = false;
  #wake = () => {};

  /** @param resume called when there is room again after `isFull` */
  constructor(framing: Framing, buffers: ReceiveBuffers, resume: () => void) {
    this.#framing = framing;
    this.#buffers = buffers;
    this.#resume = resume;
  }

  /** Whether all of it has arrived. */
  get isOver(): boolean {
    return this.#framing.isOver;
  }

  /** Whether nothing more should be received for now. */
  get isFull(): boolean {
    return this.#waiting !== undefined && !this.#isAwaited;
  }

  /** Where the next bytes should be received; undefined: in the memory that all share. */
  get target(): Buffer | undefined {
    const { buffer, filled } = this.#filling;
    // Until the reader has taken what waits, a buffer may be full; of no room at all the system makes an error.
    if (this.isOver || buffer === undefined || buffer.length - filled < ROOM_MIN_BYTES) return undefined;
    return buffer.subarray(filled);
  }

  /**
   * Takes what was received.
   * @param bytes in the `target` of before, or in memory that is good for this call only
   * @returns how many of them belong to this request; `malformed` when they are no body
   */
  take(bytes: Buffer): number | 'malformed' {
    if (this.#isAbandoned) {
      const used = this.#framing.read(bytes, () => {});
      this.#leaveStranded();
      return used;
    }
    const own = this.#ownMemoryOf(bytes);
    const used = this.#framing.read(own, (start, end) => this.#add(own, start, end));
    if (used === 'malformed') this.#fail(new RegistryError('request-invalid', 'The chunks of the body are malformed.'));
    if (this.isOver || this.#isFillingFull()) this.#seal();
    return used;
  }

  /** Notes that no more will come. */
  break(): void {
    this.#fail(interrupted());
  }

  /** Lets everything go, once nobody looks at what was lent any more. What still comes is dropped. */
  abandon(): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    const isBroken = this.#failure !== undefined;
    this.#failure ??= interrupted();
    this.#release(this.#waiting);
    this.#release(this.#lent);
    this.#stranded = this.#filling;
    if (this.isOver || isBroken) this.#leaveStranded();
    this.#filling = emptyBatch();
    this.#waiting = undefined;
    this.#lent = undefined;
    this.#wake();
  }

  /**
   * The batches, once; each is good until the next is asked for.
   * @throws RegistryError `upload-interrupted` when the connection breaks, `request-invalid` when the body is malformed;
   * what arrived before comes first
   */
  async *batches(): AsyncGenerator<readonly Buffer[]> {
    for (;;) {
      this.#takeBack();
      if (this.#waiting === undefined && !this.isOver && this.#failure === undefined) {
        this.#isAwaited = true;
        await new Promise<void>((resolve) => void (this.#wake = resolve));
        this.#isAwaited = false;
      }
      const next = this.#next();
      if (next !== undefined) {
        this.#lent = next;
        yield next.pieces;
      } else if (this.isOver && !this.#isAbandoned) return;
      else if (this.#failure !== undefined) throw this.#failure;
    }
  }

  #next(): Batch | undefined {
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting = undefined;
      if (!this.isOver) this.#resume();
      return waiting;
    }
    if (this.#filling.bytes === 0 || !(this.isOver || this.#failure !== undefined)) return undefined;
    const rest = this.#filling;
    this.#filling = emptyBatch();
    return rest;
  }

  #fail(failure: RegistryError): void {
    this.#failure ??= failure;
    this.#leaveStranded();
    this.#wake();
  }

  #leaveStranded(): void {
    this.#release(this.#stranded);
    this.#stranded = undefined;
  }

  #takeBack(): void {
    this.#release(this.#lent);
    this.#lent = undefined;
  }

  /** Bytes in shared memory go to the buffer there is, or to memory of their own size. */
  #ownMemoryOf(bytes: Buffer): Buffer {
    const batch = this.#filling;
    if (batch.buffer !== undefined && bytes.buffer === batch.buffer.buffer) {
      batch.filled += bytes.length;
      return bytes;
    }
    if (batch.buffer === undefined && bytes.length >= QUICK_BYTES && this.#framing.left >= LARGE_BODY_BYTES)
      batch.buffer = this.#buffers.take();
    const { buffer, filled } = batch;
    if (buffer === undefined || buffer.length - filled < bytes.length) {
      noteReceived(bytes.length);
      return Buffer.from(bytes);
    }
    bytes.copy(buffer, filled);
    batch.filled += bytes.length;
    return buffer.subarray(filled, batch.filled);
  }

  /** @param bytes memory of this body's own */
  #add(bytes: Buffer, start: number, end: number): void {
    const batch = this.#filling;
    const length = end - start;
    const last = batch.pieces.at(-1);
    const own = batch.buffer?.buffer === bytes.buffer ? batch.buffer : bytes;
    const lastEnd = last?.buffer === own.buffer ? last.byteOffset + last.length - own.byteOffset : -1;
    const at = bytes.byteOffset + start - own.byteOffset;
    if (last === undefined || lastEnd < 0 || (lastEnd < at && length >= SMALL_PIECE_BYTES)) {
      batch.pieces.push(bytes.subarray(start, end));
    } else {
      // Reads into one buffer follow each other there, and make one piece; what framed a small one is left out.
      if (lastEnd < at) own.copyWithin(lastEnd, at, at + length);
      batch.pieces[batch.pieces.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + length);
    }
    batch.bytes += length;
    this.received += length;
  }

  #isFillingFull(): boolean {
    const { pieces, bytes, buffer, filled } = this.#filling;
    if (buffer !== undefined && buffer.length - filled < ROOM_MIN_BYTES) return true;
    return bytes >= BODY_BATCH_BYTES || pieces.length >= BODY_BATCH_PIECES;
  }

  /** A batch that waits is waited with: nothing is received until it is asked for, so there is never a second one. */
  #seal(): void {
    if (this.#waiting === undefined && this.#filling.bytes > 0) {
      this.#waiting = this.#filling;
      this.#filling = emptyBatch();
      if (this.#framing.left >= LARGE_BODY_BYTES && this.#waiting.buffer !== undefined)
        this.#filling.buffer = this.#buffers.take();
    }
    this.#wake();
  }

  #release(batch: Batch | undefined): void {
    if (batch?.buffer !== undefined) this.#buffers.giveBack(batch.buffer);
  }
}

function emptyBatch(): Batch {
  return { pieces: [], bytes: 0, filled: 0, buffer: undefined };
}

function interrupted(): RegistryError {
  return new RegistryError('upload-interrupted', 'The connection broke before the body was complete.');
}
