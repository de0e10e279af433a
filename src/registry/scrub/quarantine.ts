/** A folder for what is not as it should be, so that nobody is served it and nothing is lost. */
import { link, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Its name in the data folder. */
export const QUARANTINE = 'quarantine';

/** Moves things there. */
export interface Quarantine {
  /**
   * Moves a file or folder.
   * @param path from the data folder on
   * @param inode the file that is meant; one that has taken its place meanwhile is put back
   * @returns where it is now, or undefined when it is gone or another has its place
   */
  take(path: string, inode?: bigint): Promise<string | undefined>;
}

/** Makes it, with the first thing that comes there; `stamp` tells this time's things from others. */
export function createQuarantine(dataDir: string, stamp: string): Quarantine {
  return {
    async take(path, inode) {
      await mkdir(join(dataDir, QUARANTINE), { recursive: true, mode: 0o700 });
      const place = join(QUARANTINE, `${stamp}-${path.replaceAll('/', '+')}`);
      const [from, to] = [join(dataDir, path), join(dataDir, place)];
      if (!(await moveIfThere(from, to))) return undefined;
      if (inode === undefined || (await lstat(to, { bigint: true })).ino === inode) return place;
      await putBack(to, from);
      return undefined;
    },
  };
}

async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** A client has pushed the blob anew, and so healed it; if once more, that one is as good. */
async function putBack(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  await rm(from);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
