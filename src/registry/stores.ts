/** The embedded stores of a registry: one data folder with blobs, metadata, and a lock. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '../make-folders.ts';
import { cacheMetadata } from './cache/cached-metadata.ts';
import type { BlobStore, Durability, Metadata } from './core/ports.ts';
import type { Log } from './log.ts';
import { lockDataFolder } from './metadata/data-lock.ts';
import type { SchemaUpgrade } from './metadata/database.ts';
import { openSqliteMetadata } from './metadata/sqlite-metadata.ts';
import { rebuildDatabase, refuseUnfinishedRestore } from './rebuild.ts';
import { openFileBlobStore } from './storage/file-blob-store.ts';
import { nodeFileSystem } from './storage/node-file-system.ts';

const DATABASE = 'metadata.db';

/** Both stores; disposing closes them and gives the folder free. */
export interface Stores extends AsyncDisposable {
  readonly metadata: Metadata;
  readonly blobs: BlobStore;
}

/**
 * Opens the stores of a data folder, making it if need be. Metadata that is gone while indexes are there is rebuilt.
 * @throws StorageError, DataFolderLockedError, MetadataTooNewError as the rooms throw them
 */
export async function openStores(dataDir: string, durability: Durability, log: Log): Promise<Stores> {
  await using opened = new AsyncDisposableStack();
  await makeFolders(dataDir, 0o700);
  opened.use(await lockDataFolder(dataDir));
  refuseUnfinishedRestore(await readdir(dataDir));
  const blobs = opened.use(await openFileBlobStore({ root: dataDir, durability, fileSystem: nodeFileSystem }));
  const path = join(dataDir, DATABASE);
  if (!(await readdir(dataDir)).includes(DATABASE)) await rebuildFromIndexes(path, blobs, log);
  const reportProblem = (problem: unknown) => log.error('metadata.failed', { error: String(problem) });
  const onUpgrade = (upgrade: SchemaUpgrade) => log.info('metadata.upgraded', { ...upgrade });
  const options = { path, durability, reportProblem, onUpgrade };
  const metadata = cacheMetadata(opened.use(await openSqliteMetadata(options)));
  const keep = opened.move();
  return { metadata, blobs, [Symbol.asyncDispose]: () => keep.disposeAsync() };
}

async function rebuildFromIndexes(path: string, blobs: BlobStore, log: Log): Promise<void> {
  for await (const _index of blobs.readIndexes()) {
    log.warn('metadata.rebuilt', { ...(await rebuildDatabase(path, blobs)) });
    return;
  }
}
