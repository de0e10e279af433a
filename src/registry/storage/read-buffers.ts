/** Memory for reading, shared by all downloads so that it stays flat however many there are. */

/** Large enough that one read is worth its round trip through the thread pool; more gains nothing. */
const LARGE = 512 * 1024;
/** What a download gets while all large buffers are taken. */
const SMALL = 32 * 1024;
/** 16 MiB: two large buffers for each of sixteen downloads. */
const MOST_LARGE = 32;
/** 2 MiB are kept while nobody reads; the rest is left to the garbage collector. */
const KEPT_WHEN_IDLE = 4;

/**
 * A bounded pool of large buffers, with small ones beyond it; nobody ever waits for another's download. Buffers are
 * used again because memory that is new to the process costs as much as the reading.
 */
export class ReadBuffers {
  readonly #large: Buffer[] = [];
  readonly #small: Buffer[] = [];
  #largeTaken = 0;
  #smallTaken = 0;

  /** @returns a buffer, not always as long as wanted, for the caller's use until it is given back */
  take(wanted: number): Buffer {
    if (wanted < SMALL) return Buffer.allocUnsafe(wanted);
    if (this.#largeTaken < MOST_LARGE) {
      this.#largeTaken += 1;
      return this.#large.pop() ?? Buffer.allocUnsafeSlow(LARGE);
    }
    this.#smallTaken += 1;
    return this.#small.pop() ?? Buffer.allocUnsafeSlow(SMALL);
  }

  /** Takes back what `take` returned; nobody may look at it any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length === LARGE) {
      this.#largeTaken -= 1;
      this.#large.push(buffer);
    } else if (buffer.length === SMALL) {
      this.#smallTaken -= 1;
      this.#small.push(buffer);
    }
    if (this.#smallTaken === 0) this.#small.length = 0;
    if (this.#largeTaken === 0) this.#large.splice(KEPT_WHEN_IDLE);
  }
}
