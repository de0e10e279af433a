/** Makes a data folder ready for a store. */
import { basename } from 'node:path';
import type { Directories } from './directories.ts';
import { type FileSystem, systemCode } from './file-system.ts';
import type { StoragePaths } from './paths.ts';
import { StorageError } from './storage-error.ts';

/** What a full disk says. Blobs can still be served from it and removed. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

/**
 * Makes the directories that are not there, removes what a crash left half written, and tries whether files can be
 * made and moved.
 * @throws StorageError `folder-unusable`
 */
export async function prepareDataFolder(
  paths: StoragePaths,
  directories: Directories,
  fileSystem: FileSystem,
): Promise<void> {
  try {
    await makeDirectories(paths, directories, fileSystem);
    await removeLeftovers(paths, fileSystem);
    await tryWriting(paths, fileSystem);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError('folder-unusable', `The data folder cannot be used: ${reason}`, { cause });
  }
}

/** The last directory is made when all others are sure to last, so that its presence says so. */
async function makeDirectories(paths: StoragePaths, directories: Directories, fileSystem: FileSystem): Promise<void> {
  const last = paths.directories.at(-1);
  const isNew = last === undefined || !(await fileSystem.list(paths.root)).includes(basename(last));
  for (const path of paths.directories) {
    if (path === last && isNew) await directories.ensureAbove(paths.root);
    await directories.ensure(path);
  }
}

async function removeLeftovers(paths: StoragePaths, fileSystem: FileSystem): Promise<void> {
  for (const name of await fileSystem.list(paths.incoming)) await fileSystem.unlink(`${paths.incoming}/${name}`);
}

async function tryWriting(paths: StoragePaths, fileSystem: FileSystem): Promise<void> {
  try {
    const path = paths.newIncoming();
    const file = await fileSystem.createFile(path);
    await file?.close();
    await fileSystem.rename(path, paths.probe);
    await fileSystem.unlink(paths.probe);
  } catch (error) {
    if (!FULL.has(systemCode(error) ?? '')) throw error;
  }
}
