/** Which repositories there are, and which of them changed since their index was kept. */
import type { DatabaseSync } from 'node:sqlite';
import type { RepositoryName } from '../../../oci/repository.ts';
import type { ContentMetadata } from '../../core/ports.ts';
import type { Writes } from '../group-commit.ts';
import { integerOf, rowLimit, textOf } from '../rows.ts';
import type { RepositoryRows } from './repository-rows.ts';

type Repositories = Pick<ContentMetadata, 'hasRepository' | 'listRepositories' | 'listUnsaved' | 'markSaved'>;

/** Names with a prefix are a range, from the later of two beginnings on; LIKE would take `_` and `%` for patterns. */
const LIST = 'SELECT name FROM repositories WHERE name >= max(?, ?) AND name <> ? AND name < ? ORDER BY name LIMIT ?';
const LIST_UNSAVED = 'SELECT name, revision FROM repositories WHERE waiting IS NOT NULL ORDER BY waiting LIMIT ?';
const MARK_SAVED = 'UPDATE repositories SET waiting = NULL WHERE name = ? AND revision = ? AND waiting IS NOT NULL';
/** What changed while its index was kept waits again, behind the others, so that a busy repository starves none. */
const WAIT_AGAIN = `
UPDATE repositories
SET waiting = 1 + (SELECT max(waiting) FROM repositories WHERE waiting IS NOT NULL)
WHERE name = ? AND revision > ? AND waiting IS NOT NULL`;

/** No name holds a character this high, so every name that begins with a prefix sorts before the prefix and it. */
const ABOVE_ALL_NAMES = '\u{10FFFF}';

/** Prepares the methods of `Metadata` about repositories. */
export function openRepositories(database: DatabaseSync, rows: RepositoryRows, writes: Writes): Repositories {
  const list = database.prepare(LIST);
  const listUnsaved = database.prepare(LIST_UNSAVED);
  const markSaved = database.prepare(MARK_SAVED);
  const waitAgain = database.prepare(WAIT_AGAIN);
  return {
    async hasRepository(repository) {
      return rows.find(repository) !== undefined;
    },
    async listRepositories({ after = '', limit, prefix = '' }) {
      const found = list.all(after, prefix, after, prefix + ABOVE_ALL_NAMES, rowLimit(limit));
      return found.map((row) => textOf(row, 'name') as RepositoryName);
    },
    async listUnsaved(limit) {
      const found = listUnsaved.all(rowLimit(limit));
      return found.map((row) => ({
        repository: textOf(row, 'name') as RepositoryName,
        revision: integerOf(row, 'revision'),
      }));
    },
    markSaved: (repository, revision) =>
      writes.run(() => {
        markSaved.run(repository, revision);
        waitAgain.run(repository, revision);
      }),
  };
}
