/** What was answered with success is in the part of the log that is safe from a power cut. */
import { execFile } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { openContent } from '../../../src/registry/metadata/content/content.ts';
import { openDatabase } from '../../../src/registry/metadata/database.ts';
import { GroupCommit } from '../../../src/registry/metadata/group-commit.ts';
import { WalSync } from '../../../src/registry/metadata/wal-sync.ts';
import { newManifest, newUpload, repositoryName } from '../../support/contracts/metadata-samples.ts';
import { newDatabasePath, newFolder } from './new-database-path.ts';

/** A database on a disk that keeps of its log only what was there when a finished sync began. */
async function openOnForgetfulDisk() {
  const path = await newDatabasePath();
  const database = openDatabase(path);
  const log = await open(`${path}-wal`, 'r+');
  const disk = { log: Buffer.alloc(0) };
  const sync = new WalSync(async () => {
    const before = await readFile(`${path}-wal`);
    await log.datasync();
    disk.log = before;
  });
  const commits = new GroupCommit({ database, sync });
  const close = async (): Promise<void> => {
    await commits[Symbol.asyncDispose]();
    await log.close();
    database.close();
  };
  return { path, disk, content: openContent(database, commits), close };
}

/** Opens the database as a machine would find it after a power cut. */
async function openAfterPowerCut(path: string, log: Uint8Array): Promise<DatabaseSync> {
  const copy = join(await newFolder(), 'copy.db');
  // Another process copies it: closing a descriptor of the database here would drop this process's locks.
  await promisify(execFile)('cp', [path, copy]);
  await writeFile(`${copy}-wal`, log);
  return new DatabaseSync(copy);
}

it('holds for every kind of answer, however many wait', async () => {
  const { path, disk, content, close } = await openOnForgetfulDisk();
  const name = repositoryName('a');
  const answered: { readonly sql: string; readonly value: string; readonly log: Buffer }[] = [];
  const note = (sql: string, value: string) => () => answered.push({ sql, value, log: disk.log });
  for (let round = 0; round < 12; round++) {
    const texts = Array.from({ length: 1 + ((round * 7) % 10) }, (_, index) => `${round} ${index}`);
    await Promise.all(
      texts.flatMap((text) => [
        content.linkBlob(name, digestOf(text), 1).then(note('SELECT 1 FROM blobs WHERE digest = ?', digestOf(text))),
        content.linkBlob(name, digestOf(text), 1).then(note('SELECT 1 FROM blobs WHERE digest = ?', digestOf(text))),
        content
          .putManifest(newManifest(name, { text, tags: [text.replace(' ', '-')] }))
          .then(note('SELECT 1 FROM tags WHERE name = ?', text.replace(' ', '-'))),
      ]),
    );
  }
  const logs = new Set(answered.map(({ log }) => log));
  expect(logs.size).toBeGreaterThan(10);
  for (const log of logs) {
    using found = await openAfterPowerCut(path, log);
    for (const { sql, value } of answered.filter((answer) => answer.log === log)) {
      expect(found.prepare(sql).get(value), `${sql} ${value}`).toBeDefined();
    }
  }
  await close();
});

it('is not needed for the start of an upload', async () => {
  const { content, disk, close } = await openOnForgetfulDisk();
  const upload = newUpload('a');
  await content.beginUpload(upload);
  expect(disk.log).toHaveLength(0);
  expect(await content.findUpload(upload.id)).toEqual(upload);
  await close();
});
