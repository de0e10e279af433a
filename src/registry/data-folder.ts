/** Empties a data folder for good. */
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lockDataFolder } from './metadata/data-lock.ts';
import { storagePaths } from './storage/paths.ts';

/** What the database, its log and its backups begin with. */
const DATABASE = 'metadata.db';

/**
 * Removes what a registry keeps in its folder, and nothing else that may be there; the folder itself stays.
 * @throws DataFolderLockedError while a registry works on it; the system's error when something cannot be removed
 */
export async function removeData(folder: string): Promise<void> {
  const own = new Set(storagePaths(folder).directories.map((directory) => basename(directory)));
  await using _lock = await lockDataFolder(folder);
  for (const name of await readdir(folder)) {
    if (own.has(name) || name.startsWith(DATABASE)) await rm(join(folder, name), { recursive: true, force: true });
  }
  await rm(join(folder, 'lock'), { force: true });
}
