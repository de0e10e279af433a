/** Restores a backup to an empty folder, from which a registry can then serve (S1-30). */
import { mkdir, open, readdir, rename, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, startDigest } from '../oci/digest.ts';
import { BackupError } from './backup/backup-error.ts';
import { ContentRestore } from './backup/content-restore.ts';
import { readBackup } from './backup/read-backup.ts';
import { removeData } from './data-folder.ts';
import { DATABASE } from './folder-access.ts';
import { lockDataFolder } from './metadata/data-lock.ts';
import { adoptSnapshot, openMetadataReader } from './metadata/snapshot.ts';
import { RESTORING } from './rebuild.ts';
import { openFileBlobStore } from './storage/file-blob-store.ts';
import { nodeFileSystem } from './storage/node-file-system.ts';

/** What is restored, and where to. */
export interface FolderRestore {
  /** Made when it is not there. */
  readonly dataDir: string;
  readonly newest: AsyncIterable<Uint8Array>;
  /** Backups that the newest one was made against. */
  readonly earlier: readonly (() => AsyncIterable<Uint8Array>)[];
}

/** What was restored. */
export interface RestoreReport {
  readonly blobs: number;
  readonly bytes: number;
  /** Contents that were lost already when the backup was made. */
  readonly lost: number;
}

/**
 * Restores. The database gets its name last, when all it names is verified and safe; until then no registry takes the
 * folder for its own. When restoring fails, what came of it is removed, the folder too where it was not there before.
 * @throws BackupError; MetadataTooNewError; DataFolderLockedError; StorageError; the system's errors
 */
export async function restoreFolder(restore: FolderRestore): Promise<RestoreReport> {
  const { dataDir } = restore;
  const made = await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const [found] = await readdir(dataDir);
  if (found !== undefined) throw new BackupError('folder-not-empty', `There is ${found} in ${dataDir} already.`);
  try {
    return await restoreInto(restore);
  } catch (error) {
    await removeData(dataDir);
    if (made !== undefined) await removeFolders(dataDir, made);
    throw error;
  }
}

/** From the inner one out, as far as they are empty: why restoring failed is what matters. */
async function removeFolders(inner: string, outer: string): Promise<void> {
  for (let folder = inner; folder.startsWith(outer); folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

async function restoreInto({ dataDir, newest, earlier }: FolderRestore): Promise<RestoreReport> {
  await using _lock = await lockDataFolder(dataDir);
  const database = join(dataDir, RESTORING);
  await makeDatabaseFile(database);
  await using store = await openFileBlobStore({ root: dataDir, durability: 'full', fileSystem: nodeFileSystem });
  const contents = new ContentRestore(store);
  const content = (digest: Digest, bytes: AsyncIterable<Buffer>) => contents.take(digest, bytes);
  const end = await readBackup(newest, {
    content,
    async database(bytes) {
      const digest = await writeDatabase(database, bytes);
      asBackupError(() => wantAll(contents, database));
      return digest;
    },
  });
  for (const openEarlier of earlier) await readBackup(openEarlier(), { content, database: digestOfAll });
  const lost = contents.finish(end.lost);
  asBackupError(() => adoptSnapshot(database));
  await nameDatabase(database, join(dataDir, DATABASE));
  return { ...contents.done, lost };
}

/** As long as it is there, no registry starts. */
async function makeDatabaseFile(path: string): Promise<void> {
  await (await open(path, 'wx', 0o600)).close();
  await nodeFileSystem.syncDirectory(dirname(path));
}

async function writeDatabase(path: string, bytes: AsyncIterable<Buffer>): Promise<Digest> {
  await using file = await open(path, 'r+');
  return await digestOfAll(bytes, (piece) => file.writeFile(piece));
}

async function digestOfAll(
  bytes: AsyncIterable<Buffer>,
  take: (piece: Buffer) => Promise<void> = async () => undefined,
): Promise<Digest> {
  const running = startDigest('sha256');
  for await (const piece of bytes) {
    running.update(piece);
    await take(piece);
  }
  return running.finish();
}

function wantAll(contents: ContentRestore, database: string): void {
  using metadata = openMetadataReader(database);
  contents.want(metadata.contents());
}

/** The system closed it whole, without a log beside it. */
async function nameDatabase(from: string, to: string): Promise<void> {
  {
    await using file = await open(from, 'r+');
    await file.sync();
  }
  await rename(from, to);
  await nodeFileSystem.syncDirectory(dirname(to));
}

/** What SQLite cannot read is a damaged backup; that it is of a newer version is said as such. */
function asBackupError(work: () => void): void {
  try {
    work();
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'METADATA_TOO_NEW') throw cause;
    throw new BackupError('damaged', 'The database in the backup cannot be read.', { cause });
  }
}
