/** How tools come to a data folder: as its owner, and with nobody removing anything meanwhile. */
import { readdir, stat } from 'node:fs/promises';
import { holdServer } from './gc/hold-server.ts';
import { lockDataFolder } from './metadata/data-lock.ts';
import { StorageError } from './storage/storage-error.ts';

/** The database's name in the folder. */
export const DATABASE = 'metadata.db';

/**
 * Nothing is made in a folder that somebody named by mistake.
 * @throws StorageError `folder-unusable`
 */
export async function refuseOtherFolder(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch((): string[] => []);
  if (!names.includes(DATABASE)) throw new StorageError('folder-unusable', 'no registry has kept data in it.');
}

/** What root makes in the folder of somebody else, a registry of that user could not open any more. */
export async function actAsOwner(dataDir: string): Promise<AsyncDisposable> {
  const { uid, gid } = await stat(dataDir);
  const isOther = process.geteuid?.() === 0 && uid !== 0;
  if (!isOther) return { [Symbol.asyncDispose]: async () => undefined };
  process.setegid?.(gid);
  process.seteuid?.(uid);
  return {
    async [Symbol.asyncDispose]() {
      process.seteuid?.(0);
      process.setegid?.(0);
    },
  };
}

/**
 * Keeps garbage from being collected until disposed of: by asking the registry that serves, or by the folder's lock.
 * @throws GcRefusedError; DataFolderLockedError when a process has the folder but does not listen for requests
 */
export async function keepEverything(dataDir: string): Promise<AsyncDisposable> {
  const held = await holdServer(dataDir);
  if (held !== undefined) return { [Symbol.asyncDispose]: async () => held[Symbol.dispose]() };
  await using _owner = await actAsOwner(dataDir);
  return await lockDataFolder(dataDir);
}
