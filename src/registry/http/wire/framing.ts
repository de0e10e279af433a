/** Where a body lies in the bytes of a connection: so many of them, or chunks that each say how long they are. */

/** Finds the body in what arrives. */
export interface Framing {
  /** Whether the body is over. */
  readonly isOver: boolean;
  /** Bytes of body that must still come, as far as it is known. */
  readonly left: number;
  /**
   * Reads on.
   * @param bytes what arrived
   * @param onBody gets each stretch of it that is body
   * @returns how many of the bytes belong to this request; `malformed` when they are no body
   */
  read(bytes: Buffer, onBody: (start: number, end: number) => void): number | 'malformed';
}

/** A body of a known length. */
export class LengthFraming implements Framing {
  left: number;

  constructor(length: number) {
    this.left = length;
  }

  get isOver(): boolean {
    return this.left === 0;
  }

  read(bytes: Buffer, onBody: (start: number, end: number) => void): number {
    const used = Math.min(this.left, bytes.length);
    this.left -= used;
    if (used > 0) onBody(0, used);
    return used;
  }
}

/** A line that gives a chunk's length, with extensions nobody uses; trailers are no longer either. */
const LINE_MAX_BYTES = 4 * 1024;
const TRAILERS_MAX_BYTES = 16 * 1024;
const TOKEN = "[!#$%&'*+.^_`|~0-9a-z-]+";
const EXTENSION = `;${TOKEN}(?:=(?:${TOKEN}|"[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]*"))?`;
/** Fewer digits than would leave the range of exact numbers. */
const CHUNK_SIZE = new RegExp(`^([0-9a-f]{1,12})(?:${EXTENSION})*\\r\\n$`, 'i');
/** Nobody asks for trailers; but what is none may be the beginning of something else to others. */
const TRAILER = new RegExp(`^${TOKEN}:[\\t\\x20-\\x7e\\x80-\\xff]*\\r\\n$`, 'i');
/** Chunks of more than four gigabytes are read the long way. */
const PLAIN_DIGITS = 8;
const CR = 13;
const LF = 10;

/**
 * A body in chunks.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
export class ChunkedFraming implements Framing {
  readonly left = Number.POSITIVE_INFINITY;
  #state: 'size' | 'data' | 'after-data' | 'trailers' | 'over' = 'size';
  #chunk = 0;
  /** What there is of a line that is not complete. */
  #line = '';
  #trailers = 0;

  get isOver(): boolean {
    return this.#state === 'over';
  }

  read(bytes: Buffer, onBody: (start: number, end: number) => void): number | 'malformed' {
    let at = 0;
    while (at < bytes.length && this.#state !== 'over') {
      if (this.#state === 'data') {
        const end = Math.min(at + this.#chunk, bytes.length);
        onBody(at, end);
        this.#chunk -= end - at;
        if (this.#chunk === 0) this.#state = 'after-data';
        at = end;
        continue;
      }
      const plain = this.#usePlainLine(bytes, at);
      if (plain > at) {
        at = plain;
        continue;
      }
      const end = this.#takeLine(bytes, at);
      if (end === undefined) return this.#line.length > LINE_MAX_BYTES ? 'malformed' : bytes.length;
      if (!this.#useLine()) return 'malformed';
      at = end;
    }
    return at;
  }

  /**
   * Reads a line between chunks as everybody writes it, without making a text of it: bodies may have hundreds of
   * thousands of them.
   * @returns where the next line begins; `start` when this line is longer or not complete
   */
  #usePlainLine(bytes: Buffer, start: number): number {
    if (this.#line !== '' || this.#state === 'trailers') return start;
    let at = start;
    let size = 0;
    if (this.#state === 'size') {
      for (; at < start + PLAIN_DIGITS && digitOf(bytes[at]) >= 0; at++) size = size * 16 + digitOf(bytes[at]);
      if (at === start) return start;
    }
    if (bytes[at] !== CR || bytes[at + 1] !== LF) return start;
    if (this.#state === 'size') this.#beginChunk(size);
    else this.#state = 'size';
    return at + 2;
  }

  /** @returns where the next line begins; undefined when this one is not complete */
  #takeLine(bytes: Buffer, start: number): number | undefined {
    const end = bytes.indexOf(LF, start) + 1;
    const stop = end === 0 ? Math.min(bytes.length, start + LINE_MAX_BYTES + 1) : end;
    this.#line += bytes.toString('latin1', start, stop);
    return end === 0 ? undefined : end;
  }

  /** @returns whether the line is what must stand there */
  #useLine(): boolean {
    const line = this.#line;
    this.#line = '';
    if (line.length > LINE_MAX_BYTES) return false;
    if (this.#state === 'size') return this.#useSize(line);
    if (this.#state === 'after-data') {
      this.#state = 'size';
      return line === '\r\n';
    }
    return this.#useTrailer(line);
  }

  #useTrailer(line: string): boolean {
    this.#trailers += line.length;
    if (this.#trailers > TRAILERS_MAX_BYTES) return false;
    if (line !== '\r\n') return TRAILER.test(line);
    this.#state = 'over';
    return true;
  }

  #useSize(line: string): boolean {
    const [, digits] = CHUNK_SIZE.exec(line) ?? [];
    if (digits === undefined) return false;
    this.#beginChunk(Number.parseInt(digits, 16));
    return true;
  }

  #beginChunk(size: number): void {
    this.#chunk = size;
    this.#state = size === 0 ? 'trailers' : 'data';
  }
}

/** @returns what a hexadecimal digit stands for; -1 for everything else */
function digitOf(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
