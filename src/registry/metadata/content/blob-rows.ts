/** Rows of blobs, for the writing methods that link them: after an upload, by mounting, for a manifest. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Digest } from '../../../oci/digest.ts';
import type { RepositoryName } from '../../../oci/repository.ts';
import type { RepositoryRows } from './repository-rows.ts';

const HAS = 'SELECT 1 FROM blobs WHERE repository = ? AND digest = ?';
/** Nothing is written when the blob is there, so that pushing again costs no sync. */
const LINK = `
INSERT INTO blobs (repository, digest, size) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET size = excluded.size WHERE size <> excluded.size`;

/** Blobs by repository number. To be used inside a transaction. */
export class BlobRows {
  readonly #repositories: RepositoryRows;
  readonly #has: StatementSync;
  readonly #link: StatementSync;

  constructor(database: DatabaseSync, repositories: RepositoryRows) {
    this.#repositories = repositories;
    this.#has = database.prepare(HAS);
    this.#link = database.prepare(LINK);
  }

  /** Whether a repository holds a blob. */
  has(repository: number, digest: Digest): boolean {
    return this.#has.get(repository, digest) !== undefined;
  }

  /** Makes a blob part of a repository, which comes into being when it is new. */
  link(repository: RepositoryName, digest: Digest, size: number): void {
    this.#link.run(this.#repositories.ensure(repository), digest, size);
  }
}
