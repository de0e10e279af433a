/** Folders that are made for an image, and gone again where none came. */
import { rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemCodeOf, translateFileErrors } from '../../errors.ts';
import { makeFolders } from '../../make-folders.ts';
import { realPath } from '../../optional-files.ts';
import { syncFolder } from './lasting-files.ts';

/** What this process made: of several images with a folder above them in common, the last that fails removes it. */
const made = new Set<string>();

/** Makes a folder and those above, whose names last. @throws DevregError of the file system */
export async function makeTargetFolder(path: string): Promise<void> {
  const inner = await realPath(resolve(path));
  const outer = await translateFileErrors(`make ${path}`, () => makeFolders(inner));
  if (outer === undefined) return;
  for (let folder = inner; folder.startsWith(outer); folder = dirname(folder)) made.add(folder);
  await syncFolder(dirname(outer));
}

/** Removes a folder and those above, as far as this process made them and nothing is in them. */
export async function leaveTargetFolder(path: string): Promise<void> {
  for (let folder = await realPath(resolve(path)); made.has(folder); folder = dirname(folder)) {
    if (!(await removeEmpty(folder))) return;
    made.delete(folder);
  }
}

/** @returns whether it is gone */
async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    // Why the copy failed is what matters, so that nothing is said of a folder that stays.
    return systemCodeOf(error) === 'ENOENT';
  }
}
