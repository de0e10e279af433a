/** Migrations. */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { MetadataTooNewError, migrate } from '../../../src/registry/metadata/migrate.ts';

const ONE = 'CREATE TABLE one (x INTEGER) STRICT; INSERT INTO one VALUES (1);';
const TWO = 'ALTER TABLE one ADD COLUMN y INTEGER; UPDATE one SET y = x + 1;';

function versionOf(database: DatabaseSync): unknown {
  return database.prepare('PRAGMA user_version').get()?.['user_version'];
}

describe('migrating', () => {
  it('brings an empty database to the newest schema', () => {
    using database = new DatabaseSync(':memory:');
    migrate(database, 'm.db');
    expect(versionOf(database)).toBe(3);
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
      .all();
    expect(tables.map(({ name }) => name)).toEqual([
      'access_tokens',
      'blobs',
      'counters',
      'manifest_references',
      'manifests',
      'permissions',
      'policies',
      'repositories',
      'secrets',
      'tags',
      'uploads',
      'users',
    ]);
  });

  it('applies only what a database lacks, and nothing the second time', () => {
    using database = new DatabaseSync(':memory:');
    migrate(database, 'm.db', [ONE]);
    migrate(database, 'm.db', [ONE, TWO]);
    migrate(database, 'm.db', [ONE, TWO]);
    expect({ ...database.prepare('SELECT * FROM one').get() }).toEqual({ x: 1, y: 2 });
    expect(versionOf(database)).toBe(2);
  });

  it('leaves a database as it was when a migration fails', () => {
    using database = new DatabaseSync(':memory:');
    migrate(database, 'm.db', [ONE]);
    expect(() => migrate(database, 'm.db', [ONE, TWO, 'SELECT nonsense'])).toThrow('nonsense');
    expect(versionOf(database)).toBe(1);
    expect({ ...database.prepare('SELECT * FROM one').get() }).toEqual({ x: 1 });
    expect(database.isTransaction).toBe(false);
  });

  it('refuses a database that a newer program wrote', () => {
    using database = new DatabaseSync(':memory:');
    database.exec('PRAGMA user_version = 7');
    const act = (): void => migrate(database, '/data/m.db', [ONE, TWO]);
    expect(act).toThrow(MetadataTooNewError);
    expect(act).toThrow(/\/data\/m\.db.*schema 7.*up to 2/);
    expect(database.isTransaction).toBe(false);
  });
});
