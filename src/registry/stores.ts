/** The embedded stores of a registry: one data folder with blobs, metadata, and a lock. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheMetadata } from './cache/cached-metadata.ts';
import type { BlobStore, Durability, Metadata } from './core/ports.ts';
import { rebuildMetadata } from './layout/rebuild.ts';
import type { Log } from './log.ts';
import { lockDataFolder } from './metadata/data-lock.ts';
import { openSqliteMetadata } from './metadata/sqlite-metadata.ts';
import { openFileBlobStore } from './storage/file-blob-store.ts';
import { nodeFileSystem } from './storage/node-file-system.ts';

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
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  opened.use(await lockDataFolder(dataDir));
  const blobs = opened.use(await openFileBlobStore({ root: dataDir, durability, fileSystem: nodeFileSystem }));
  const reportProblem = (problem: unknown) => log.error('metadata.failed', { error: String(problem) });
  const sqlite = opened.use(await openSqliteMetadata({ path: join(dataDir, 'metadata.db'), durability, reportProblem }));
  const metadata = cacheMetadata(sqlite);
  await rebuildIfEmpty(metadata, blobs, log);
  const keep = opened.move();
  return { metadata, blobs, [Symbol.asyncDispose]: () => keep.disposeAsync() };
}

async function rebuildIfEmpty(metadata: Metadata, blobs: BlobStore, log: Log): Promise<void> {
  if ((await metadata.listRepositories({ after: undefined, limit: 1 })).length > 0) return;
  const report = await rebuildMetadata(metadata, blobs);
  if (report.repositories > 0) log.warn('metadata.rebuilt', { ...report });
}
