/** Small files for their owner alone, each whole or absent at every moment. */
import { chmod, open, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf, translateFileErrors, translateReadErrors } from '../errors.ts';
import { makeFolders } from '../make-folders.ts';

const OWNER_FOLDER = 0o700;
const OWNER_FILE = 0o600;
const OTHERS = 0o077;

/**
 * Makes a folder with its parents, for its owner alone; closes one that is open to others.
 * @returns the outermost folder that was made, or undefined when all were there
 * @throws DevregError when the file system refuses
 */
export async function ensurePrivateFolder(path: string): Promise<string | undefined> {
  return translateFileErrors(`make the folder ${path}`, async () => {
    const made = await makeFolders(path, OWNER_FOLDER);
    if (((await stat(path)).mode & OTHERS) !== 0) await chmod(path, OWNER_FOLDER);
    return made;
  });
}

/**
 * Writes a file, in the place of one that is there, and makes its folder.
 * @throws DevregError when the file system refuses
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await ensurePrivateFolder(dirname(path));
  await translateFileErrors(`write ${path}`, async () => {
    const draft = `${path}.${crypto.randomUUID()}.draft`;
    try {
      await writeSynced(draft, text);
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  });
}

/**
 * Makes an empty file with its folder, unless it is there; one that is there is not even opened.
 * @throws DevregError when the file system refuses
 */
export async function ensurePrivateFile(path: string): Promise<void> {
  await ensurePrivateFolder(dirname(path));
  await translateFileErrors(`write ${path}`, async () => {
    try {
      await writeFile(path, '', { flag: 'wx', mode: OWNER_FILE });
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw error;
    }
  });
}

/**
 * @returns the names in a folder; none when it is not there
 * @throws DevregError when the file system refuses
 */
export async function listFolder(path: string): Promise<string[]> {
  return translateReadErrors(path, async () => {
    try {
      return (await readdir(path)).toSorted();
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return [];
      throw error;
    }
  });
}

/**
 * Removes a file, or a folder with all that is in it, whether or not it is there.
 * @throws DevregError when the file system refuses
 */
export async function removePath(path: string): Promise<void> {
  await translateFileErrors(`remove ${path}`, () => rm(path, { recursive: true, force: true }));
}

/**
 * Removes a folder unless something is in it, whether or not it is there.
 * @throws DevregError when the file system refuses
 */
export async function removeIfEmpty(path: string): Promise<void> {
  await translateFileErrors(`remove ${path}`, async () => {
    try {
      await rmdir(path);
    } catch (error) {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemCodeOf(error) ?? '')) throw error;
    }
  });
}

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', OWNER_FILE);
  await file.writeFile(text);
  await file.sync();
}
