/** The bytes of a blob as they come, checked, from one connection or from several. */
import { Readable } from 'node:stream';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type RunningDigest, algorithmOf, startDigest } from '../../oci/digest.ts';
import { noteReceived } from '../../registry/http/reclaim.ts';
import type { Answer } from './answer.ts';
import { contentWrong } from './content-wrong.ts';
import { isLent } from './read-memory.ts';

/** Where the bytes come from. */
export interface BlobSource {
  /** With where it is, for sentences. */
  readonly name: string;
  /** Asks for the bytes from an offset on; the answer begins there. */
  readonly open: (offset: number) => Promise<Answer>;
  /** Waits before another connection; fails with the error when it is to be given up. */
  readonly recover: (error: unknown, attempt: number) => Promise<void>;
}

/** Bytes in one connection after which failures before are forgotten. */
const PROGRESS_BYTES = 1024 * 1024;

/** Bytes that may wait for the reader; more makes nothing faster. */
const BUFFER_BYTES = 512 * 1024;

/**
 * A stream that goes on with a new connection where one broke. The last bytes come out only when all of them are right:
 * who stores what is read never has the whole of something wrong.
 */
export class BlobStream extends Readable {
  readonly #blob: Descriptor;
  readonly #source: BlobSource;
  /** Undefined when it does not begin at the beginning: then the reader checks. */
  readonly #digest: RunningDigest | undefined;
  #answer: Answer | undefined;
  #position: number;
  #attempts = 0;
  #sinceOpened = 0;

  constructor(blob: Descriptor, source: BlobSource, answer: Answer, offset: number) {
    super({ highWaterMark: BUFFER_BYTES });
    this.#blob = blob;
    this.#source = source;
    this.#position = offset;
    this.#digest = offset === 0 ? startDigest(algorithmOf(blob.digest)) : undefined;
    this.#follow(answer);
  }

  override _read(): void {
    this.#answer?.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#answer?.destroy();
    callback(error);
  }

  #follow(answer: Answer): void {
    this.#answer = answer;
    this.#sinceOpened = 0;
    let isOver = false;
    const end = (error: unknown) => {
      if (isOver || this.destroyed) return;
      isOver = true;
      this.#finish(answer, error);
    };
    answer.on('data', (chunk: Buffer) => !this.destroyed && this.#take(answer, chunk));
    answer.once('end', () => end(undefined));
    answer.once('error', end);
    answer.once('close', () => end(Object.assign(new Error('The connection was closed.'), { code: 'ECONNRESET' })));
  }

  #take(answer: Answer, chunk: Buffer): void {
    this.#position += chunk.length;
    this.#sinceOpened += chunk.length;
    if (!isLent(chunk)) noteReceived(chunk.length);
    if (this.#sinceOpened > PROGRESS_BYTES) this.#attempts = 0;
    const { size, digest } = this.#blob;
    if (this.#position > size) return this.#refuse(`has more than its ${size} bytes`);
    this.#digest?.update(chunk);
    const isLast = this.#position === size;
    if (isLast && this.#digest !== undefined && this.#digest.finish() !== digest) {
      return this.#refuse('is not what its digest says');
    }
    if (!this.push(chunk)) answer.pause();
  }

  #finish(answer: Answer, error: unknown): void {
    if (this.#position === this.#blob.size) return void this.push(null);
    if (answer.complete) return this.#refuse(`has ${this.#position} bytes of ${this.#blob.size}`);
    this.#answer = undefined;
    void this.#goOn(error);
  }

  async #goOn(error: unknown): Promise<void> {
    try {
      await this.#source.recover(error, this.#attempts++);
      const answer = await this.#source.open(this.#position);
      if (this.destroyed) answer.destroy();
      else this.#follow(answer);
    } catch (failure) {
      this.destroy(failure instanceof Error ? failure : new Error(String(failure)));
    }
  }

  #refuse(how: string): void {
    this.destroy(contentWrong(this.#source.name, how));
  }
}
