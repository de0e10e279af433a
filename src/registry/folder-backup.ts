/** Backs up a data folder, beside the registry that serves from it or while none does (S1-30). */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listBackup } from './backup/earlier-backup.ts';
import { type BackupReport, type Sink, writeBackup } from './backup/write-backup.ts';
import { DATABASE, actAsOwner, keepEverything, refuseOtherFolder } from './folder-access.ts';
import { openMetadataReader, takeSnapshot } from './metadata/snapshot.ts';
import { createFolderReader } from './storage/folder-reader.ts';
import { storagePaths } from './storage/paths.ts';
import { StorageError } from './storage/storage-error.ts';

/** What is backed up. */
export interface FolderBackup {
  readonly dataDir: string;
  /** Files of earlier backups; what they have is left out. */
  readonly earlier: readonly string[];
}

/**
 * Writes everything that clients could see in one moment, with users, tokens and permissions. The database is copied
 * first; blobs never change, and none is removed while they are read.
 * @throws BackupError for an earlier backup; StorageError where no registry has kept data; GcRefusedError;
 *   DataFolderLockedError when a process has the folder but does not listen for requests; the sink's errors
 */
export async function backupFolder({ dataDir, earlier }: FolderBackup, sink: Sink): Promise<BackupReport> {
  await refuseOtherFolder(dataDir);
  const earlierContents = new Set((await Promise.all(earlier.map(listBackup))).flatMap((contents) => [...contents]));
  await using _kept = await keepEverything(dataDir);
  await using copy = await copyDatabase(dataDir);
  const reader = createFolderReader(dataDir);
  await using database = await reader.openFile(copy.path);
  if (database === undefined) throw new StorageError('folder-unusable', 'the copy of its database is gone.');
  using metadata = openMetadataReader(copy.path);
  const contents = metadata.contents();
  const isEarlier = earlierContents.has.bind(earlierContents);
  return await writeBackup({ database, contents, isEarlier, open: (digest) => reader.open(digest) }, sink);
}

/** Where it lies, the next registry that starts removes it, should this process die. */
async function copyDatabase(dataDir: string): Promise<AsyncDisposable & { readonly path: string }> {
  const path = storagePaths(dataDir).newIncoming();
  await using _owner = await actAsOwner(dataDir);
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rm(path, { force: true }));
  await (await open(path, 'wx', 0o600)).close();
  await takeSnapshot(join(dataDir, DATABASE), path);
  const keep = opened.move();
  return { path, [Symbol.asyncDispose]: () => keep.disposeAsync() };
}
