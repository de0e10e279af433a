/** Files that only their owner may read, each of them whole or absent at every moment, a power cut included. */
import { randomUUID } from 'node:crypto';
import { chmod, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf, translateFileErrors } from '../errors.ts';
import { makeFolders } from '../make-folders.ts';

const OWNER_ONLY_FOLDER = 0o700;
const OTHERS = 0o077;

/** Owner only, for keys; or readable by all, for certificates. */
export type FileMode = 0o600 | 0o644;

/**
 * Makes the folder with its parents, for its owner alone; closes one that is open to others.
 * @throws DevregError when the file system refuses
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await translateFileErrors(`make the folder ${path}`, async () => {
    await makeFolders(path, OWNER_ONLY_FOLDER);
    const { mode } = await stat(path);
    if ((mode & OTHERS) !== 0) await chmod(path, OWNER_ONLY_FOLDER);
  });
}

/**
 * Makes a file unless there is one.
 * @returns whether this call made it; when not, another process was first and its file is whole
 * @throws DevregError when the file system refuses
 */
export async function createFile(path: string, text: string, mode: FileMode): Promise<boolean> {
  return withDraft(path, text, mode, async (draft) => {
    try {
      await link(draft, path);
      return true;
    } catch (error) {
      if (systemCodeOf(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

/**
 * Puts a file in the place of another, or where there was none.
 * @throws DevregError when the file system refuses
 */
export async function replaceFile(path: string, text: string, mode: FileMode): Promise<void> {
  await withDraft(path, text, mode, (draft) => rename(draft, path));
}

async function withDraft<T>(
  path: string,
  text: string,
  mode: FileMode,
  place: (draft: string) => Promise<T>,
): Promise<T> {
  return translateFileErrors(`write ${path}`, async () => {
    const draft = `${path}.${randomUUID()}.draft`;
    try {
      await writeSynced(draft, text, mode);
      const result = await place(draft);
      await syncFolder(dirname(path));
      return result;
    } finally {
      await rm(draft, { force: true });
    }
  });
}

async function writeSynced(path: string, text: string, mode: FileMode): Promise<void> {
  await using file = await open(path, 'wx', mode);
  await file.writeFile(text);
  await file.sync();
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
