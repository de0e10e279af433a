/** Keeping the log short while it is written to. */
import { DatabaseSync } from 'node:sqlite';
import { stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { Checkpointer } from '../../../src/registry/metadata/checkpointer.ts';
import { openDatabase } from '../../../src/registry/metadata/database.ts';
import { GroupCommit } from '../../../src/registry/metadata/group-commit.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { NO_SYNC } from '../../../src/registry/metadata/wal-sync.ts';
import { newManifest } from '../../support/contracts/metadata-samples.ts';
import { newDatabasePath } from './new-database-path.ts';

const LOG_PAGES = 50;

async function openSmallLog() {
  const path = await newDatabasePath();
  const database = openDatabase(path);
  const problems: unknown[] = [];
  const logAfter: unknown[] = [];
  const logSize = database.prepare('PRAGMA wal_checkpoint(NOOP)');
  const commits = new GroupCommit({ database, sync: NO_SYNC, afterCommit: () => checkpointer.afterCommit() });
  const checkpointer = new Checkpointer({
    database,
    path,
    logPages: LOG_PAGES,
    hold: (work) =>
      commits.hold(async () => {
        await work();
        logAfter.push(logSize.get()?.['log']);
      }),
    report: (problem) => problems.push(problem),
  });
  const add = database.prepare('INSERT INTO secrets (name, bytes) VALUES (?, ?)');
  let written = 0;
  /** Each takes two pages and more. */
  const write = (): Promise<unknown> => commits.run(() => add.run(`${written++}`, new Uint8Array(6_000)));
  const countRows = (): number => Number(database.prepare('SELECT count(*) AS n FROM secrets').get()?.['n']);
  const close = async (): Promise<void> => {
    await commits[Symbol.asyncDispose]();
    await checkpointer[Symbol.asyncDispose]();
    database.close();
  };
  return { path, write, countRows, close, problems, logAfter };
}

it('starts the log over again and again, and loses nothing', async () => {
  const { path, write, countRows, close, problems, logAfter } = await openSmallLog();
  let rows = 0;
  while (logAfter.length < 5) {
    await Promise.all([write(), write(), write()]);
    rows += 3;
    expect(countRows()).toBe(rows);
  }
  await write();
  await close();
  expect(problems).toEqual([]);
  expect(logAfter).toEqual(logAfter.map(() => 1));
  using database = new DatabaseSync(path);
  expect({ ...database.prepare('SELECT count(*) AS n FROM secrets').get() }).toEqual({ n: rows + 1 });
  expect({ ...database.prepare('PRAGMA integrity_check').get() }).toEqual({ integrity_check: 'ok' });
});

it('reports that a reader keeps the log in use, goes on writing, and makes up for it later', async () => {
  const { path, write, close, problems, logAfter } = await openSmallLog();
  const reader = new DatabaseSync(path);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM secrets').get();
  while (problems.length === 0) await write();
  expect(problems[0]).toMatchObject({ message: expect.stringContaining('readers keep the log in use') });
  reader.close();
  expect(logAfter).toEqual([]);
  while (logAfter.length < 2) await write();
  await close();
});

it('reports that there is no database any more for the thread, and goes on writing', async () => {
  const path = await newDatabasePath();
  const database = openDatabase(path);
  const problem = Promise.withResolvers<unknown>();
  const commits = new GroupCommit({ database, sync: NO_SYNC, afterCommit: () => checkpointer.afterCommit() });
  const checkpointer = new Checkpointer({
    database,
    path: `${path}/nowhere`,
    logPages: 1,
    hold: (work) => commits.hold(work),
    report: problem.resolve,
  });
  const raise = database.prepare("UPDATE counters SET value = value + 1 WHERE name = 'accounts'");
  await commits.run(() => raise.run());
  expect(await problem.promise).toBeInstanceOf(Error);
  await commits.run(() => raise.run());
  await commits[Symbol.asyncDispose]();
  await checkpointer[Symbol.asyncDispose]();
  database.close();
});

it('checkpoints when the metadata are closed, so that one file is left', async () => {
  const path = await newDatabasePath();
  const metadata = await openSqliteMetadata({ path, durability: 'full' });
  await metadata.putManifest(newManifest('a', { tags: ['b'] }));
  await metadata[Symbol.asyncDispose]();
  await expect(stat(`${path}-wal`)).rejects.toMatchObject({ code: 'ENOENT' });
});
