/** The images that a sync left in a folder: every folder below it that has a manifest. */
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { DevregError, translateReadErrors } from '../../errors.ts';
import { folderPlace, placeOfFolder, type SyncDestination } from './sync-destination.ts';
import type { SyncItem } from './sync-plan.ts';

const MANIFEST = 'manifest.json';

/**
 * Plans copying all images of a folder, in the order of their paths.
 * @throws DevregError FOLDER_EMPTY when there are none, those of the file system
 */
export async function planFolder(folder: string, destination: SyncDestination): Promise<readonly SyncItem[]> {
  const found = await translateReadErrors(folder, () => findImages(folder));
  if (found.length === 0) {
    throw new DevregError('not-found', 'FOLDER_EMPTY', `There are no images in ${folder}.`, {
      hint: 'A sync to dir: makes a folder with a manifest.json for each image.',
    });
  }
  return found.map((path) => {
    const name = relative(folder, path).split(sep).join('/');
    // The folder may be of one image itself.
    const named = name === '' ? (path.split(sep).at(-1) ?? path) : name;
    return {
      source: folderPlace(path),
      target: placeOfFolder(destination, named),
      platforms: [],
      referrers: undefined,
    };
  });
}

async function findImages(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(({ name }) => name === MANIFEST)) return [folder];
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  return (await Promise.all(folders.toSorted().map(findImages))).flat();
}
