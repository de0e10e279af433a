/**
 * Long answers without TLS, read from a connection of their own. Node's client for HTTP copies every piece of a body
 * once more, into new memory: where a processor is what is short, that is a third of what copying an image costs.
 */
import { type Socket, createConnection } from 'node:net';
import { Readable, addAbortSignal } from 'node:stream';
import { closedEarly, silenceFailure } from '../connection-failure.ts';
import type { Answer } from './answer.ts';
import { type AnswerHead, readAnswerHead } from './answer-head.ts';
import { keepMemory, lendPiece, takeMemory } from './read-memory.ts';
import { writeRequestHead } from './request-head.ts';

/** A GET. */
interface DirectRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | number>>;
  /** Where to connect. */
  readonly host: string;
  readonly port: number;
  /** Milliseconds without a byte. */
  readonly silence: number;
}

const HEAD_MAX_BYTES = 16 * 1024;
const HEAD_END = '\r\n\r\n';

/**
 * Asks. Pieces of the body are lent, see `giveBack`.
 * @returns undefined when the answer does not plainly tell the length of its body: then it is to be asked for as usual
 * @throws what the socket fails with; DevregError REGISTRY_TIMEOUT; the signal's reason
 */
export async function askDirectly(request: DirectRequest, signal: AbortSignal): Promise<Answer | undefined> {
  signal.throwIfAborted();
  const answer = new DirectAnswer(request, signal);
  return (await answer.isPlain()) ? answer : undefined;
}

class DirectAnswer extends Readable {
  statusCode = 0;
  headers: AnswerHead['headers'] = {};
  headersDistinct: AnswerHead['headersDistinct'] = {};
  complete = false;
  readonly #begun = Promise.withResolvers<boolean>();
  readonly #socket: Socket;
  readonly #silence: number;
  #memory: Buffer | undefined;
  /** What has come of the head. */
  #head: string | undefined = '';
  /** Bytes of the body to come. */
  #left = 0;
  /** Whether the reader has enough for the moment. */
  #isHeld = false;

  constructor(request: DirectRequest, signal: AbortSignal) {
    // Whoever reads has a buffer already.
    super({ highWaterMark: 1 });
    const { host, port, silence } = request;
    this.#silence = silence;
    const head = writeRequestHead('GET', request.url, { ...request.headers, connection: 'close' });
    const onread = {
      buffer: () => (this.#memory = takeMemory()),
      callback: (count: number, memory: Uint8Array) => this.#take(memory as Buffer, count),
    };
    this.#socket = createConnection({ host, port, onread })
      .setTimeout(silence)
      .on('timeout', () => {
        if (this.#isHeld) this.#socket.setTimeout(silence);
        else this.destroy(silenceFailure(request.url));
      })
      .once('error', (error) => this.destroy(error))
      .once('close', () => {
        if (this.#memory !== undefined) keepMemory(this.#memory);
        if (!this.complete) this.destroy(closedEarly());
      });
    this.#socket.write(head);
    addAbortSignal(signal, this);
  }

  /** Settles when the head has been read: whether it was understood. */
  isPlain(): Promise<boolean> {
    return this.#begun.promise;
  }

  override _read(): void {
    // What passed while nobody wanted anything is no silence.
    if (this.#isHeld) this.#socket.setTimeout(this.#silence);
    this.#isHeld = false;
    this.#socket.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.destroy();
    const isHandedOut = this.#head === undefined;
    if (!isHandedOut) this.#begun.reject(error);
    // Nobody else can listen to it by then.
    callback(isHandedOut ? error : null);
  }

  /** @returns whether to go on reading */
  #take(memory: Buffer, count: number): boolean {
    const start = this.#head === undefined ? 0 : this.#takeHead(memory.subarray(0, count), this.#head);
    const end = Math.min(count, start + this.#left);
    this.#left -= end - start;
    if (end === start) keepMemory(memory);
    else this.#isHeld = !this.push(lendPiece(memory, start, end));
    if (this.#head === undefined && this.#left === 0 && !this.complete) this.#finish();
    return !this.#isHeld;
  }

  /** @returns where the body begins */
  #takeHead(piece: Buffer, before: string): number {
    const text = before + piece.toString('latin1', 0, HEAD_MAX_BYTES);
    const end = text.indexOf(HEAD_END);
    if (end < 0 && text.length < HEAD_MAX_BYTES) {
      this.#head = text;
      return piece.length;
    }
    const head = end < 0 ? undefined : readAnswerHead(text.slice(0, end));
    this.#begun.resolve(head !== undefined);
    if (head === undefined) {
      this.destroy();
      return piece.length;
    }
    this.#head = undefined;
    this.#left = head.length;
    this.statusCode = head.statusCode;
    this.headers = head.headers;
    this.headersDistinct = head.headersDistinct;
    return end + HEAD_END.length - before.length;
  }

  #finish(): void {
    this.complete = true;
    this.push(null);
    this.#socket.destroy();
  }
}
