/** The number that tells caches of users, tokens and permissions that they are out of date. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { integerOf } from '../rows.ts';

const READ = "SELECT value FROM counters WHERE name = 'accounts'";
const RAISE = "UPDATE counters SET value = value + 1 WHERE name = 'accounts'";

/** Counts changes of accounts. */
export class AccountsVersion {
  readonly #read: StatementSync;
  readonly #raise: StatementSync;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare(READ);
    this.#raise = database.prepare(RAISE);
  }

  read(): number {
    const row = this.#read.get();
    return row === undefined ? 0 : integerOf(row, 'value');
  }

  /** To be called in the transaction of every change. */
  raise(): void {
    this.#raise.run();
  }
}
