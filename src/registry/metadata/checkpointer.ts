/** Keeps the write-ahead log short, off the event loop. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CheckpointThread } from './checkpoint-thread.ts';
import { integerOf } from './rows.ts';

/** How many pages the log takes between two checkpoints: 16 MB of 4 kB pages. */
const LOG_PAGES = 4_000;

/**
 * Starts a checkpoint when the log has grown by `LOG_PAGES`.
 *
 * An automatic checkpoint runs inside a COMMIT: under a steady load of manifest pushes it held the event loop for 6 ms
 * (p99) to 58 ms. So a thread with a connection of its own does it in two steps. It copies while writing goes on; that
 * never reaches the end of a log that keeps growing. Then, while writes are held back, it copies the little that is
 * left and writes the first frame of the log that starts over, whose header SQLite syncs at once.
 */
export class Checkpointer implements AsyncDisposable {
  readonly #logSize: StatementSync;
  readonly #thread: CheckpointThread;
  readonly #hold: (work: () => Promise<void>) => Promise<void>;
  readonly #report: (problem: unknown) => void;
  readonly #logPages: number;
  #dueAt: number;
  #running: Promise<void> | undefined;
  #isClosed = false;

  /**
   * @param hold keeps everybody from writing while the work runs
   * @param report takes the cause when a checkpoint failed; it is tried again after as many pages more
   */
  constructor(options: {
    readonly database: DatabaseSync;
    readonly path: string;
    readonly hold: (work: () => Promise<void>) => Promise<void>;
    readonly report: (problem: unknown) => void;
    readonly logPages?: number;
  }) {
    // NOOP only tells sizes. It came with SQLite 3.51; an older one would do a passive checkpoint: as right, but slow.
    this.#logSize = options.database.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#thread = new CheckpointThread(options.path);
    this.#hold = options.hold;
    this.#report = options.report;
    this.#logPages = options.logPages ?? LOG_PAGES;
    this.#dueAt = this.#logPages;
  }

  /** To be called after every commit; costs two microseconds while none is due. */
  afterCommit(): void {
    if (this.#running !== undefined || this.#isClosed || this.#countPages() < this.#dueAt) return;
    this.#running = this.#checkpoint();
  }

  /** Waits for a checkpoint that is under way and ends the thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    await this.#thread[Symbol.asyncDispose]();
  }

  async #checkpoint(): Promise<void> {
    try {
      await this.#thread.run('copy');
      await this.#hold(() => this.#thread.run('start-over'));
    } catch (error) {
      this.#report(error);
    } finally {
      this.#dueAt = this.#countPages() + this.#logPages;
      this.#running = undefined;
    }
  }

  /** A failure here must not be taken for one of the commit that was just made. */
  #countPages(): number {
    try {
      const row = this.#logSize.get();
      return row === undefined ? 0 : integerOf(row, 'log');
    } catch (error) {
      this.#report(error);
      return 0;
    }
  }
}
