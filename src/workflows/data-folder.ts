/** The folder a registry keeps its data in, and those that had to be made on the way to it. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { translateFileErrors } from '../errors.ts';
import type { RegistryProvider } from '../provider/provider.ts';
import { removeIfEmpty, removePath } from '../state/private-files.ts';

/** Where a registry's certificate is: with its data, so that it stays the same as long as they do. */
export function certificateFolder(dataDir: string): string {
  return join(dataDir, 'tls');
}

/**
 * Makes the folder for its owner alone; one that is there stays as it is.
 * @returns the outermost folder that was made, or undefined when it was there
 * @throws DevregError when the file system refuses
 */
export async function makeDataFolder(dataDir: string): Promise<string | undefined> {
  return translateFileErrors(`make the folder ${dataDir}`, () => mkdir(dataDir, { recursive: true, mode: 0o700 }));
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
