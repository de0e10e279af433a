/** Rows of repositories, for the writing methods of every other kind of content. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RepositoryName } from '../../../oci/repository.ts';
import { integerOf } from '../rows.ts';

const FIND = 'SELECT id FROM repositories WHERE name = ?';
const ADD = 'INSERT INTO repositories (name) VALUES (?) RETURNING id';
/** A repository that waits already keeps its place; another goes behind the last. */
const NOTE_CHANGE = `
UPDATE repositories
SET revision = revision + 1,
    waiting = coalesce(waiting, 1 + (SELECT coalesce(max(waiting), 0) FROM repositories WHERE waiting IS NOT NULL))
WHERE id = ?`;

/** Repositories by number. To be used inside a transaction, but for `find`. */
export class RepositoryRows {
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #noteChange: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(FIND);
    this.#add = database.prepare(ADD);
    this.#noteChange = database.prepare(NOTE_CHANGE);
  }

  /** @returns the repository's number, or undefined when it has never held content */
  find(name: RepositoryName): number | undefined {
    const row = this.#find.get(name);
    return row === undefined ? undefined : integerOf(row, 'id');
  }

  /** @returns the repository's number; the repository comes into being when it is new */
  ensure(name: RepositoryName): number {
    const row = this.#find.get(name) ?? this.#add.get(name);
    if (row === undefined) throw new Error(`The repository ${name} was not stored.`);
    return integerOf(row, 'id');
  }

  /** Notes that manifests or tags of a repository changed. */
  noteChange(id: number): void {
    this.#noteChange.run(id);
  }
}
