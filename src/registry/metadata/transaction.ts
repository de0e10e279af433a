/** Runs several operations as one SQLite transaction. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { integerOf } from './rows.ts';

/** A transaction that has begun and must be ended by one of the two. */
export interface OpenTransaction {
  /** @returns whether the transaction changed anything */
  commit(): boolean;
  rollback(): void;
}

/** Begins transactions on one connection. */
export class Transactions {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #changes: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#rollback = database.prepare('ROLLBACK');
    this.#changes = database.prepare('SELECT total_changes() AS changes');
  }

  /** Takes the write lock; throws SQLite's own error when it is taken. */
  begin(): OpenTransaction {
    this.#begin.run();
    const before = this.#countChanges();
    return {
      commit: () => {
        const isChanged = this.#countChanges() !== before;
        this.#commit.run();
        return isChanged;
      },
      rollback: () => this.#undo(),
    };
  }

  /** SQLite rolls back by itself when the disk is full or fails; a second time would be an error. */
  #undo(): void {
    if (this.#database.isTransaction) this.#rollback.run();
  }

  #countChanges(): number {
    const row = this.#changes.get();
    return row === undefined ? 0 : integerOf(row, 'changes');
  }
}
