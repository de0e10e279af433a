/** Writing while another connection holds the database. */
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { openDatabase } from '../../../src/registry/metadata/database.ts';
import { GroupCommit } from '../../../src/registry/metadata/group-commit.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { NO_SYNC } from '../../../src/registry/metadata/wal-sync.ts';
import { repositoryName } from '../../support/contracts/metadata-samples.ts';
import { newDatabasePath } from './new-database-path.ts';

const A = repositoryName('a');

it('waits for the other without holding up reads', async () => {
  const path = await newDatabasePath();
  await using metadata = await openSqliteMetadata({ path, durability: 'fast' });
  await metadata.linkBlob(A, digestOf('before'), 1);
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const writes = ['one', 'two', 'three'].map((text) => metadata.linkBlob(A, digestOf(text), 1));
  for (let turn = 0; turn < 20; turn++) {
    await new Promise(setImmediate);
    expect(await metadata.findBlob(A, digestOf('before'))).toEqual({ size: 1 });
  }
  expect(await metadata.findBlob(A, digestOf('one'))).toBeUndefined();
  other.exec('COMMIT');
  await Promise.all(writes);
  expect(await metadata.findBlob(A, digestOf('three'))).toEqual({ size: 1 });
});

it('gives up with EBUSY after a while, and writes again later', async () => {
  const path = await newDatabasePath();
  using database = openDatabase(path);
  await using commits = new GroupCommit({ database, sync: NO_SYNC, busyPatience: 50 });
  const raise = database.prepare("UPDATE counters SET value = value + 1 WHERE name = 'accounts'");
  using other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const refused = await Promise.allSettled([commits.run(() => raise.run()), commits.run(() => raise.run())]);
  expect(refused).toMatchObject([{ reason: { code: 'EBUSY' } }, { reason: { code: 'EBUSY' } }]);
  other.exec('ROLLBACK');
  expect(await commits.run(() => raise.run().changes)).toBe(1);
});
