/** Memory for reading, shared by all downloads so that it stays flat however many there are. */

/** Large enough that one read is worth its round trip through the thread pool; more gains nothing. */
const LARGE = 512 * 1024;
/** What a download gets while all large buffers are taken. */
const SMALL = 64 * 1024;
/** 16 MiB: two large buffers for each of sixteen downloads. */
const MOST_TAKEN = 32;
/** 2 MiB are kept while nobody reads; the rest is left to the garbage collector. */
const KEPT_WHEN_IDLE = 4;

/** A bounded pool of large buffers, with small ones beyond it; nobody ever waits for another's download. */
export class ReadBuffers {
  readonly #kept: Buffer[] = [];
  #taken = 0;

  /** @returns a buffer of at most `wanted` bytes, for the caller's use until it is given back */
  take(wanted: number): Buffer {
    if (wanted <= SMALL) return Buffer.allocUnsafe(wanted);
    if (this.#taken === MOST_TAKEN) return Buffer.allocUnsafe(SMALL);
    this.#taken += 1;
    return this.#kept.pop() ?? Buffer.allocUnsafeSlow(LARGE);
  }

  /** Takes back what `take` returned; nobody may look at it any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.length !== LARGE) return;
    this.#taken -= 1;
    this.#kept.push(buffer);
    if (this.#taken === 0) this.#kept.splice(KEPT_WHEN_IDLE);
  }
}
