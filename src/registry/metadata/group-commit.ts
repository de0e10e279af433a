/** Gathers the writes of one turn of the event loop into one transaction. */
import type { DatabaseSync } from 'node:sqlite';
import { isBusy, translateFailure } from './sqlite-failure.ts';
import { type OpenTransaction, Transactions } from './transaction.ts';
import type { CommitSync } from './wal-sync.ts';

/** Where writing methods hand in what they want to write. */
export interface Writes {
  /**
   * Runs an operation inside a transaction, together with others. It must check before it writes, so that a refusal
   * leaves nothing behind, and may be run a second time after everything it did was undone.
   * @returns what the operation returned, once that is as safe as the durability promises
   */
  run<T>(operation: () => T): Promise<T>;
  /** The same for facts that need not survive a power cut: resolves after the commit. */
  runUnsynced<T>(operation: () => T): Promise<T>;
}

/** How to write. */
export interface GroupCommitOptions {
  readonly database: DatabaseSync;
  readonly sync: CommitSync;
  /** Called after every transaction that changed something; must not throw. */
  readonly afterCommit?: () => void;
  /** How many milliseconds to wait for another process that holds the database. */
  readonly busyPatience?: number;
}

/** An operation that waits for its transaction. */
interface QueuedWrite {
  /** Runs the operation. @returns what tells its caller the result */
  readonly attempt: () => () => void;
  readonly reject: (error: unknown) => void;
  readonly waitsForSync: boolean;
}

/** How long a group may run before it is committed and the event loop gets its turn. */
const GROUP_BUDGET_MS = 0.5;
/** How long writes wait for another process, such as somebody's `sqlite3`, and how often they look. */
const BUSY_PATIENCE_MS = 5_000;
const BUSY_PAUSE_MS = 10;

/**
 * The writing side of the one connection. Operations queued in one turn of the event loop share a transaction; when one
 * of them throws, the transaction is undone and each is run again in one of its own, so that none fails its neighbours.
 */
export class GroupCommit implements Writes, AsyncDisposable {
  readonly #transactions: Transactions;
  readonly #sync: CommitSync;
  readonly #afterCommit: () => void;
  readonly #busyPatience: number;
  #queue: QueuedWrite[] = [];
  #isScheduled = false;
  #isHeld = false;
  #isClosed = false;
  #busySince: number | undefined;

  constructor(options: GroupCommitOptions) {
    this.#transactions = new Transactions(options.database);
    this.#sync = options.sync;
    this.#afterCommit = options.afterCommit ?? (() => {});
    this.#busyPatience = options.busyPatience ?? BUSY_PATIENCE_MS;
  }

  run<T>(operation: () => T): Promise<T> {
    return this.#enqueue(operation, true);
  }

  runUnsynced<T>(operation: () => T): Promise<T> {
    return this.#enqueue(operation, false);
  }

  /** Lets nothing be written while the work runs; what is handed in meanwhile waits. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#isHeld = true;
    try {
      return await work();
    } finally {
      this.#isHeld = false;
      this.#schedule();
    }
  }

  /** Refuses new operations and waits until those handed in before are answered. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    const last = this.run(() => {});
    this.#isClosed = true;
    await last.catch(() => {});
  }

  #enqueue<T>(operation: () => T, waitsForSync: boolean): Promise<T> {
    if (this.#isClosed) return Promise.reject(new Error('The metadata are closed.'));
    return new Promise<T>((resolve, reject) => {
      const attempt = (): (() => void) => {
        const result = operation();
        return () => resolve(result);
      };
      this.#queue.push({ attempt, reject, waitsForSync });
      this.#schedule();
    });
  }

  #schedule(pause = 0): void {
    if (this.#isScheduled || this.#isHeld || this.#queue.length === 0) return;
    this.#isScheduled = true;
    if (pause === 0) setImmediate(() => this.#flush());
    else setTimeout(() => this.#flush(), pause);
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#isHeld) return;
    const group = this.#queue;
    this.#queue = [];
    const left = this.#write(group);
    this.#queue = [...left, ...this.#queue];
    this.#schedule(this.#busySince === undefined ? 0 : BUSY_PAUSE_MS);
  }

  /** Writes as much of a group as fits into the time. @returns what is left for later */
  #write(group: readonly QueuedWrite[]): readonly QueuedWrite[] {
    const transaction = this.#begin(group);
    if (typeof transaction === 'string') return transaction === 'wait' ? group : [];
    const answers: (() => void)[] = [];
    let isChanged: boolean;
    try {
      attemptInTime(group, answers);
      isChanged = transaction.commit();
    } catch (error) {
      transaction.rollback();
      const tried = group.slice(0, answers.length + 1);
      if (tried.length > 1) return [...this.#writeAlone(tried), ...group.slice(tried.length)];
      tried[0]?.reject(translateFailure(error));
      return group.slice(1);
    }
    this.#acknowledge(group.slice(0, answers.length), answers, isChanged);
    return group.slice(answers.length);
  }

  /** Writes each in a transaction of its own. @returns what is left for later */
  #writeAlone(writes: readonly QueuedWrite[]): readonly QueuedWrite[] {
    for (const [index, write] of writes.entries()) {
      const left = this.#write([write]);
      if (left.length > 0) return writes.slice(index);
    }
    return [];
  }

  /** @returns the transaction; `wait` when another process holds the database; `refused` when the group was rejected */
  #begin(group: readonly QueuedWrite[]): OpenTransaction | 'wait' | 'refused' {
    try {
      const transaction = this.#transactions.begin();
      this.#busySince = undefined;
      return transaction;
    } catch (error) {
      if (isBusy(error) && this.#maySpendMoreTime()) return 'wait';
      this.#busySince = undefined;
      for (const write of group) write.reject(translateFailure(error));
      return 'refused';
    }
  }

  #maySpendMoreTime(): boolean {
    this.#busySince ??= performance.now();
    return performance.now() - this.#busySince < this.#busyPatience;
  }

  #acknowledge(written: readonly QueuedWrite[], answers: readonly (() => void)[], isChanged: boolean): void {
    if (isChanged) {
      this.#sync.committed();
      this.#afterCommit();
    }
    const settled = written.some((write) => write.waitsForSync) ? this.#sync.settled() : undefined;
    for (const [index, write] of written.entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if (settled === undefined || !write.waitsForSync) answer();
      else settled.then(answer, write.reject);
    }
  }
}

function attemptInTime(group: readonly QueuedWrite[], answers: (() => void)[]): void {
  const deadline = performance.now() + GROUP_BUDGET_MS;
  for (const write of group) {
    answers.push(write.attempt());
    if (performance.now() > deadline) return;
  }
}
