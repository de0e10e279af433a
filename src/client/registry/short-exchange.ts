/** One short request and its answer, as they go over a connection that is kept; the connection is somebody else's. */
import { Readable } from 'node:stream';
import type { Answer } from './answer.ts';
import { type AnswerHead, readAnswerHead } from './answer-head.ts';

const SHORT_MAX_BYTES = 256 * 1024;
const HEAD_MAX_BYTES = 16 * 1024;
const HEAD_END = '\r\n\r\n';

/** How requests without a body are made that hope for little. */
export type ShortMethod = 'GET' | 'HEAD';

/** Whether the answer to a request is short, as far as that is known. @param length of the body that is hoped for */
export function isShortRequest(method: string, length = Infinity): method is ShortMethod {
  return method === 'HEAD' || (method === 'GET' && length <= SHORT_MAX_BYTES);
}

/** What becomes of the connection: there is more to come; it can be used again; it cannot. */
type Outcome = 'more' | 'kept' | 'spent';

/** An exchange. */
export class ShortExchange {
  readonly #method: ShortMethod;
  readonly #abandon: () => void;
  readonly #begun = Promise.withResolvers<Answer | undefined>();
  /** What has come of the head. */
  #head = '';
  #answer: ShortAnswer | undefined;
  /** Bytes of the body to come. */
  #left = 0;

  /** @param abandon is told when the answer is given up before all of it came */
  constructor(method: ShortMethod, abandon: () => void) {
    this.#method = method;
    this.#abandon = abandon;
  }

  /**
   * The answer, once its head has come.
   * @returns undefined for one that is not short, or may be understood in more than one way
   * @throws what the exchange failed with
   */
  get answered(): Promise<Answer | undefined> {
    return this.#begun.promise;
  }

  /** Takes what came; all of it that matters is copied. After another outcome than `more` the exchange is over. */
  take(piece: Buffer): Outcome {
    const start = this.#answer === undefined ? this.#takeHead(piece) : 0;
    if (start === undefined) return 'spent';
    const answer = this.#answer;
    if (answer === undefined) return 'more';
    const end = Math.min(piece.length, start + this.#left);
    this.#left -= end - start;
    if (end > start) answer.push(Buffer.from(piece.subarray(start, end)));
    if (this.#left > 0) return 'more';
    answer.finish();
    // What comes unasked might be taken for the next answer.
    return end === piece.length && isKept(answer.headers) ? 'kept' : 'spent';
  }

  /** Ends it before its time. */
  fail(error: Error): void {
    this.#begun.reject(error);
    this.#answer?.destroy(error);
  }

  /** @returns where the body begins; undefined when that is not to be known */
  #takeHead(piece: Buffer): number | undefined {
    const before = this.#head.length;
    this.#head += piece.toString('latin1', 0, HEAD_MAX_BYTES);
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0 && this.#head.length < HEAD_MAX_BYTES) return piece.length;
    const head = end < 0 ? undefined : readAnswerHead(this.#head.slice(0, end), this.#method);
    if (head === undefined || head.length > SHORT_MAX_BYTES) {
      this.#begun.resolve(undefined);
      return undefined;
    }
    this.#left = head.length;
    this.#answer = new ShortAnswer(head, this.#abandon);
    this.#begun.resolve(this.#answer);
    return end + HEAD_END.length - before;
  }
}

function isKept({ connection = 'keep-alive' }: AnswerHead['headers']): boolean {
  return connection.toLowerCase() === 'keep-alive';
}

/** Holds what nobody has read yet: it is short. */
class ShortAnswer extends Readable {
  readonly statusCode: number;
  readonly headers: AnswerHead['headers'];
  readonly headersDistinct: AnswerHead['headersDistinct'];
  complete = false;
  readonly #abandon: () => void;

  constructor({ statusCode, headers, headersDistinct }: AnswerHead, abandon: () => void) {
    super({ highWaterMark: SHORT_MAX_BYTES });
    this.statusCode = statusCode;
    this.headers = headers;
    this.headersDistinct = headersDistinct;
    this.#abandon = abandon;
    // It may fail before anybody listens; whoever reads it then is told all the same.
    this.on('error', () => {});
  }

  finish(): void {
    this.complete = true;
    this.push(null);
  }

  override _read(): void {}

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.complete) this.#abandon();
    callback(error);
  }
}
