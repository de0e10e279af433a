/** Refuses a folder of the user's for images that somebody else's files are in. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DevregError, systemCodeOf } from '../../errors.ts';
import { dataNames } from '../../registry/data-folder.ts';
import { REGISTRY_USER } from './cluster-views.ts';

/** What is in a folder besides data: certificates that devreg puts there, and what a new file system has. */
const HARMLESS = new Set(['tls', 'lost+found']);

/**
 * Refuses a folder with something in it that no registry has put there. A cluster's registry gets the folder for its own
 * user, after which others cannot look into it any more.
 * @returns whether the folder is there and changes hands
 * @throws DevregError DATA_FOLDER_FOREIGN, or when the file system refuses
 */
export async function refuseForeignFolder(dataDir: string): Promise<boolean> {
  const owner = await ownerOf(dataDir);
  if (owner === undefined || String(owner) === REGISTRY_USER) return false;
  const foreign = (await namesIn(dataDir)).find((name) => !isOfRegistry(name));
  if (foreign === undefined) return true;
  const message = `There is ${foreign} in ${dataDir}, which a cluster's registry would have for itself alone.`;
  throw new DevregError('conflict', 'DATA_FOLDER_FOREIGN', message, {
    hint: `Give a folder that is empty or not there, such as --data-dir ${join(dataDir, 'devreg')}.`,
  });
}

async function ownerOf(folder: string): Promise<number | undefined> {
  return stat(folder).then(
    ({ uid }) => uid,
    (error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    },
  );
}

/** What cannot be looked into is a registry's: within a user namespace its user has another number. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (systemCodeOf(error) === 'EACCES') return [];
    throw error;
  });
}

function isOfRegistry(name: string): boolean {
  const isNamed = (pattern: string) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  return HARMLESS.has(name) || dataNames().some(isNamed);
}
