/** The metadata as they are in one moment, taken beside the process that works on them, and what they name. */
import { DatabaseSync, backup } from 'node:sqlite';
import { type Digest, parseDigest } from '../../oci/digest.ts';
import { openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { type Row, integerOf, textOf } from './rows.ts';

/** How long to wait for a process that holds the database for a moment. */
const PATIENCE_MS = 5_000;

/** All pages in one step: a copy in several would begin anew with every write in between. */
const ALL_PAGES = 2 ** 30;

/** What no copy needs: sessions whose bytes stay behind; and indexes, which lie beside blobs, are to be written anew. */
const DETACH = `
PRAGMA journal_mode = DELETE;
DELETE FROM uploads;
UPDATE repositories SET waiting = id;
`;

/**
 * Copies the database while others may write to it.
 * @param path the database
 * @param target a file that is there and empty, or not there; one file afterwards, without a log beside it
 * @throws SQLite's errors
 */
export async function takeSnapshot(path: string, target: string): Promise<void> {
  {
    using source = new DatabaseSync(path, { timeout: PATIENCE_MS });
    await backup(source, target, { rate: ALL_PAGES });
  }
  using copy = new DatabaseSync(target);
  migrate(copy, target);
  copy.exec(DETACH);
}

/**
 * Brings a copy to the current schema and checks that its pages hold together.
 * @throws MetadataTooNewError; SQLite's errors, and an Error that says what is damaged
 */
export function adoptSnapshot(path: string): void {
  using database = openDatabase(path);
  const row = database.prepare('PRAGMA quick_check(1)').get();
  const found = row === undefined ? '' : textOf(row, 'quick_check');
  if (found !== 'ok') throw new Error(`The database in the backup is damaged: ${found}.`);
}

/** A database that is read and never written. */
export interface MetadataReader extends Disposable {
  /** Every content that a repository has, by digest, each once; each page is a read of its own. */
  contents(): Generator<{ readonly digest: Digest; readonly size: number }>;
  /** @returns undefined when no repository has it any more */
  sizeOf(digest: Digest): number | undefined;
}

/** Rows read in one go. */
const PAGE = 1_000;

const CONTENTS = 'SELECT digest, max(size) AS size FROM blobs WHERE digest > ? GROUP BY digest ORDER BY digest LIMIT ?';
const SIZE = 'SELECT max(size) AS size FROM blobs WHERE digest = ? HAVING count(*) > 0';

/**
 * Opens a database for reading, also beside the process that works on it.
 * @throws SQLite's errors
 */
export function openMetadataReader(path: string): MetadataReader {
  const database = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE_MS });
  const page = database.prepare(CONTENTS);
  const one = database.prepare(SIZE);
  return {
    *contents() {
      let rows: Row[] = [];
      do {
        rows = page.all(rows.length === 0 ? '' : textOf(rows[rows.length - 1] ?? {}, 'digest'), PAGE);
        for (const row of rows) yield { digest: digestIn(row), size: integerOf(row, 'size') };
      } while (rows.length === PAGE);
    },
    sizeOf(digest) {
      const row = one.get(digest);
      return row === undefined ? undefined : integerOf(row, 'size');
    },
    [Symbol.dispose]: () => database.close(),
  };
}

function digestIn(row: Row): Digest {
  const digest = parseDigest(textOf(row, 'digest'));
  if (digest === undefined) throw new TypeError('The metadata name what is no digest.');
  return digest;
}
