/** The number that tells caches of users, tokens and permissions that they are out of date. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { integerOf } from '../rows.ts';

const READ = "SELECT value FROM counters WHERE name = 'accounts'";
const RAISE = "UPDATE counters SET value = value + 1 WHERE name = 'accounts'";

/**
 * Counts changes of accounts. Every request asks for the number, and one process alone has the database: so it is read
 * once, and again after a change, whether that was committed or not.
 */
export class AccountsVersion {
  readonly #database: DatabaseSync;
  readonly #read: StatementSync;
  readonly #raise: StatementSync;

  #known: number | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#read = database.prepare(READ);
    this.#raise = database.prepare(RAISE);
  }

  read(): number {
    if (this.#known !== undefined) return this.#known;
    const row = this.#read.get();
    const version = row === undefined ? 0 : integerOf(row, 'value');
    if (!this.#database.isTransaction) this.#known = version;
    return version;
  }

  /** To be called in the transaction of every change. */
  raise(): void {
    this.#known = undefined;
    this.#raise.run();
  }
}
