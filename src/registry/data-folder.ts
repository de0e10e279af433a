/** Empties a data folder for good. */
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SOCKET } from './gc/socket-place.ts';
import { lockDataFolder } from './metadata/data-lock.ts';
import { QUARANTINE } from './scrub/quarantine.ts';
import { storagePaths } from './storage/paths.ts';

/** What the database, its log and its backups begin with. */
const DATABASE = 'metadata.db';

/** What tells who works on the folder; it goes last. */
const LOCK = 'lock';
const LOCK_FILES: readonly string[] = [LOCK, `${LOCK}.holder`, `${LOCK}-journal`];

/** What a registry keeps at the top of its folder, as patterns for names: everything else there is somebody else's. */
export function dataNames(): readonly string[] {
  const { root, directories } = storagePaths('.');
  const tops = directories.filter((path) => dirname(path) === root).map((path) => basename(path));
  return [...tops, SOCKET, QUARANTINE, `${DATABASE}*`, ...LOCK_FILES];
}

/**
 * Removes what a registry keeps in its folder, and nothing else that may be there; the folder itself stays.
 * @param folder need not be there
 * @throws DataFolderLockedError while a registry works on it; the system's error when something cannot be removed
 */
export async function removeData(folder: string): Promise<void> {
  const names = new Set(dataNames());
  const found = (await listIfPresent(folder)).filter(
    (name) => !LOCK_FILES.includes(name) && (names.has(name) || name.startsWith(DATABASE)),
  );
  if (found.length === 0) return;
  await using _lock = await lockDataFolder(folder);
  for (const name of found) await rm(join(folder, name), { recursive: true, force: true });
  for (const name of LOCK_FILES) await rm(join(folder, name), { force: true });
}

async function listIfPresent(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isAbsent) return [];
    throw error;
  }
}
