/** Opening databases that are not as they should be. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { MetadataTooNewError } from '../../../src/registry/metadata/migrate.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { ALL } from '../../support/contracts/metadata-samples.ts';
import { newDatabasePath, newFolder } from './new-database-path.ts';

it('refuses what a newer program wrote, and leaves it alone', async () => {
  const path = await newDatabasePath();
  using newer = new DatabaseSync(path);
  newer.exec('CREATE TABLE future (x); PRAGMA user_version = 1000');
  const error = await openSqliteMetadata({ path, durability: 'full' }).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(MetadataTooNewError);
  expect(error).toMatchObject({ code: 'METADATA_TOO_NEW', found: 1000, known: 3 });
  expect(
    newer
      .prepare('SELECT name FROM sqlite_schema')
      .all()
      .map(({ name }) => name),
  ).toEqual(['future']);
  newer.exec('INSERT INTO future VALUES (1)');
});

it('refuses a file that is no database, and leaves it alone', async () => {
  const path = await newDatabasePath();
  await writeFile(
    path,
    'some text that is long enough to be taken for a header of a database, and then some more of it',
  );
  const text = await readFile(path);
  await expect(openSqliteMetadata({ path, durability: 'full' })).rejects.toThrow(`${path} cannot be read`);
  expect(await readFile(path)).toEqual(text);
});

it('says which path cannot be opened', async () => {
  const missing = join(await newFolder(), 'missing', 'metadata.db');
  await expect(openSqliteMetadata({ path: missing, durability: 'full' })).rejects.toThrow(`${missing} cannot be made`);
  const folder = join(await newFolder(), 'folder.db');
  await mkdir(folder);
  await expect(openSqliteMetadata({ path: folder, durability: 'full' })).rejects.toThrow(`${folder} cannot be opened`);
});

it('takes an empty file for a new database', async () => {
  const path = await newDatabasePath();
  await writeFile(path, '');
  await using metadata = await openSqliteMetadata({ path, durability: 'fast' });
  expect(await metadata.listRepositories(ALL)).toEqual([]);
});
