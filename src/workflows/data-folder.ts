/** The folder a registry keeps its data in, and those that had to be made on the way to it. */
import { dirname, join } from 'node:path';
import { DevregError, translateFileErrors } from '../errors.ts';
import { makeFolders } from '../make-folders.ts';
import { realPath } from '../optional-files.ts';
import type { RegistryProvider } from '../provider/provider.ts';
import { removeIfEmpty, removePath } from '../state/private-files.ts';

/** What is in them the kernel makes up. */
const SYSTEM_FOLDERS = ['/proc', '/sys', '/dev'];

/** Memory, which somebody may well want for images that are not to last. */
const MEMORY_FOLDER = '/dev/shm/';

/** Where a registry's certificate is: with its data, so that it stays the same as long as they do. */
export function certificateFolder(dataDir: string): string {
  return join(dataDir, 'tls');
}

/**
 * Refuses what is in a folder of the system's.
 * @param dataDir absolute; need not be there
 * @throws DevregError DATA_FOLDER_REFUSED
 */
export async function refuseSystemFolder(dataDir: string): Promise<void> {
  const path = await realPath(dataDir);
  const system = SYSTEM_FOLDERS.find((folder) => path === folder || path.startsWith(`${folder}/`));
  if (system === undefined || path.startsWith(MEMORY_FOLDER)) return;
  const message = `${dataDir} is no place for images: what is in ${system} is the system's.`;
  throw new DevregError('usage', 'DATA_FOLDER_REFUSED', message, { hint: 'Choose another folder with --data-dir.' });
}

/**
 * Makes the folder for its owner alone; one that is there stays as it is.
 * @returns the outermost folder that was made, or undefined when it was there
 * @throws DevregError when the file system refuses
 */
export async function makeDataFolder(dataDir: string): Promise<string | undefined> {
  return translateFileErrors(`make the folder ${dataDir}`, () => makeFolders(dataDir, 0o700));
}

/**
 * Removes images and certificate, and the folders from `dataDir` up to `made` unless something else is in them.
 * @param made undefined when the folder itself stays
 */
export async function removeDataFolder(
  dataDir: string,
  made: string | undefined,
  provider: RegistryProvider,
): Promise<void> {
  await provider.removeData(dataDir);
  await removePath(certificateFolder(dataDir));
  if (made === undefined) return;
  for (let folder = dataDir; folder.startsWith(made); folder = dirname(folder)) await removeIfEmpty(folder);
}
