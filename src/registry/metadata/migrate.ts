/** Brings a database to the schema this program knows, one numbered step after the other. */
import type { DatabaseSync } from 'node:sqlite';
import { FIRST_SCHEMA } from './migrations/0001-first-schema.ts';
import { POLICIES } from './migrations/0002-policies.ts';
import { MANIFESTS_BY_DIGEST } from './migrations/0003-manifests-by-digest.ts';
import { integerOf } from './rows.ts';

/** Every migration in order; the schema's version is how many of them were applied. */
export const MIGRATIONS: readonly string[] = [FIRST_SCHEMA, POLICIES, MANIFESTS_BY_DIGEST];

/** The database was written by a newer program, whose schema this one cannot know. */
export class MetadataTooNewError extends Error {
  override readonly name = 'MetadataTooNewError';
  readonly code = 'METADATA_TOO_NEW';
  /** The schema's version in the file. */
  readonly found: number;
  /** The newest version this program knows. */
  readonly known: number;

  constructor(path: string, found: number, known: number) {
    super(
      `The metadata in ${path} has schema ${found}, but this version knows schemas up to ${known}: use a newer version.`,
    );
    this.found = found;
    this.known = known;
  }
}

/**
 * Applies the migrations a database lacks, all or none.
 * @param path where the database is, for the error's sentence
 * @throws MetadataTooNewError when the database has more migrations than are known
 */
export function migrate(database: DatabaseSync, path: string, migrations: readonly string[] = MIGRATIONS): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database);
    if (version > migrations.length) throw new MetadataTooNewError(path, version, migrations.length);
    for (const migration of migrations.slice(version)) database.exec(migration);
    if (version < migrations.length) database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** How many migrations a database has had. */
export function versionOf(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return row === undefined ? 0 : integerOf(row, 'user_version');
}
