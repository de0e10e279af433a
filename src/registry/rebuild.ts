/** Makes the metadata of a registry that does not run anew, from what lies beside its blobs. */
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore, Clock } from './core/ports.ts';
import { type RebuildReport, rebuildMetadata } from './layout/rebuild.ts';
import { lockDataFolder } from './metadata/data-lock.ts';
import { openSqliteMetadata } from './metadata/sqlite-metadata.ts';
import { openFileBlobStore } from './storage/file-blob-store.ts';
import { nodeFileSystem } from './storage/node-file-system.ts';
import { StorageError } from './storage/storage-error.ts';

/** What was done. */
export interface RebuiltRegistry extends RebuildReport {
  /** Where the metadata as they were are kept; undefined when there were none. */
  readonly backup: string | undefined;
}

const DATABASE = 'metadata.db';

/** The name of a database that is being restored; the last step of a restore takes it away. */
export const RESTORING = `${DATABASE}.restoring`;

/** A database is the file with its log and index beside it; they go together. */
const PARTS = ['', '-wal', '-shm'];

/**
 * Rebuilds the metadata. When it fails, those that were there are put back.
 * @param dataDir a folder that a registry has kept data in
 * @throws DataFolderLockedError, StorageError, and the errors of opening metadata
 */
export async function rebuildRegistry(dataDir: string, clock: Clock): Promise<RebuiltRegistry> {
  await refuseOtherFolder(dataDir);
  await using _lock = await lockDataFolder(dataDir);
  await using undo = new AsyncDisposableStack();
  const database = join(dataDir, DATABASE);
  const backup = `${database}.backup-${clock.now().toISOString().replaceAll(/[:.]/g, '-')}`;
  const isThere = (await readdir(dataDir)).includes(DATABASE);
  if (isThere) {
    undo.defer(() => moveDatabase(backup, database));
    await moveDatabase(database, backup);
  }
  await using store = await openFileBlobStore({ root: dataDir, durability: 'full', fileSystem: nodeFileSystem });
  const report = await rebuildDatabase(database, store);
  undo.move();
  return { ...report, backup: isThere ? backup : undefined };
}

/** Nothing is made in a folder that somebody named by mistake. */
async function refuseOtherFolder(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch((): string[] => []);
  if (!names.includes('blobs')) {
    throw new StorageError('folder-unusable', 'no registry has kept data in it.');
  }
  refuseUnfinishedRestore(names);
}

/**
 * What a restore leaves when it is killed has blobs and no database; it must not be taken for a registry that is empty.
 * @param names what is in the data folder
 * @throws StorageError `folder-unusable`
 */
export function refuseUnfinishedRestore(names: readonly string[]): void {
  if (names.includes(RESTORING)) {
    throw new StorageError('folder-unusable', 'a restore into it did not come to its end; empty it and restore again.');
  }
}

/**
 * Makes a database from what lies beside the blobs. It gets its name when it is whole: one that was left half made
 * would be taken for all there is, and the indexes be written anew from it.
 * @param database where no database is
 */
export async function rebuildDatabase(database: string, store: BlobStore): Promise<RebuildReport> {
  const unfinished = `${database}.unfinished`;
  for (const part of PARTS) await rm(unfinished + part, { force: true });
  const report = await fillDatabase(unfinished, store);
  await moveDatabase(unfinished, database);
  return report;
}

/** Closing brings the log into the database, synced. */
async function fillDatabase(path: string, store: BlobStore): Promise<RebuildReport> {
  await using metadata = await openSqliteMetadata({ path, durability: 'full' });
  return await rebuildMetadata(metadata, store);
}

/** What is in the place it goes to is removed first: a log beside another's database would be taken for its own. */
async function moveDatabase(from: string, to: string): Promise<void> {
  for (const part of PARTS) await rm(to + part, { force: true });
  for (const part of PARTS) await rename(from + part, to + part).catch(ignoreAbsence);
}

function ignoreAbsence(error: unknown): void {
  const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (!isAbsent) throw error;
}
