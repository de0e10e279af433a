/** Makes commits survive a power cut without waiting for the disk on the event loop. */

/** Says when what was committed is safe. */
export interface CommitSync {
  /** Tells of a transaction that changed something and has just been committed. */
  committed(): void;
  /**
   * Resolves when every transaction committed so far is safe; undefined when it already is.
   * Once a sync has failed, every later one rejects with the same cause.
   */
  settled(): Promise<void> | undefined;
}

/** For durability `fast` and for databases in memory: a commit is as safe as it will be. */
export const NO_SYNC: CommitSync = { committed: () => {}, settled: () => undefined };

/**
 * Syncs the write-ahead log after commits, one sync at a time: a sync covers every commit made before it started,
 * those made while it runs share the next.
 *
 * SQLite runs with `synchronous = NORMAL`: a COMMIT writes its frames to the log and returns without a sync. A commit
 * is safe as soon as one sync of the log has started after it and ended. Between the two, other things may happen:
 * - A checkpoint copies frames into the database file. It syncs the log before it writes the first page, so that a
 *   power cut in its middle is repaired from the log; the log keeps all its frames.
 * - The log starts over. That takes a checkpoint that copied every frame, and such a one syncs the database file before
 *   it declares the log copied. The commit is then safe in the database file, whatever becomes of its frames. The
 *   writer that starts over syncs the log's new header before it writes a frame, so that old frames cannot be taken for
 *   valid ones.
 * - The log is truncated. That happens to frames behind the end of a log that started over, or at the last close, which
 *   checkpoints first.
 * The log's inode stays the same as long as a connection is open, so a descriptor of its own reaches the same data.
 * @see https://sqlite.org/pragma.html#pragma_synchronous
 * @see https://sqlite.org/wal.html#checkpointing
 *
 * A sync that failed is not tried again: the kernel may drop the pages it could not write and report the next sync as a
 * success. Only opening the database anew shows what the disk holds.
 */
export class WalSync implements CommitSync {
  readonly #datasync: () => Promise<void>;
  /** Commits are told apart by number. One is counted from the start: what an earlier process left unsynced. */
  #lastCommitted = 1;
  #lastSafe = 0;
  #running: { readonly covers: number; readonly done: Promise<void> } | undefined;
  #next: Promise<void> | undefined;
  #failure: Promise<never> | undefined;

  /** @param datasync writes out what the log's file holds at the time of the call */
  constructor(datasync: () => Promise<void>) {
    this.#datasync = datasync;
  }

  committed(): void {
    this.#lastCommitted++;
  }

  settled(): Promise<void> | undefined {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#lastSafe === this.#lastCommitted) return undefined;
    if (this.#running === undefined) return this.#start();
    if (this.#running.covers === this.#lastCommitted) return this.#running.done;
    this.#next ??= this.#running.done.then(() => this.#start());
    return this.#next;
  }

  #start(): Promise<void> {
    const covers = this.#lastCommitted;
    this.#next = undefined;
    const done = this.#sync(covers);
    this.#running = { covers, done };
    return done;
  }

  async #sync(covers: number): Promise<void> {
    try {
      await this.#datasync();
      this.#lastSafe = covers;
    } catch (error) {
      this.#failure = Promise.reject(error);
      this.#failure.catch(() => {});
      throw error;
    } finally {
      this.#running = undefined;
    }
  }
}
