/** Everything that lies where blobs are. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Digest } from '../../oci/digest.ts';
import { digestOfFile, storagePaths } from '../storage/paths.ts';

/** A file or folder; without a digest no registry has made it. */
export interface Found {
  /** From the data folder on. */
  readonly path: string;
  readonly digest: Digest | undefined;
}

/** Folders that blobs are in. */
const DIGITS = /^[0-9a-f]{2}$/;

/** Walks through the folder of blobs of a data folder. Blobs that come or go meanwhile may or may not be met. */
export async function* walkBlobs(dataDir: string): AsyncGenerator<Found> {
  const { root, blobs, probe } = storagePaths(dataDir);
  const top = join(probe, '..');
  const tops = new Set(blobs.map(({ path }) => path));
  for (const entry of await list(top)) {
    const path = join(top, entry.name);
    if (!tops.has(path) && path !== probe) yield { path: relative(root, path), digest: undefined };
  }
  for (const { algorithm, path } of blobs) {
    for (const folder of await list(path)) {
      const isPlace = folder.isDirectory() && DIGITS.test(folder.name);
      if (!isPlace) yield { path: relative(root, join(path, folder.name)), digest: undefined };
      for (const entry of isPlace ? await list(join(path, folder.name)) : []) {
        const digest = entry.isFile() ? digestOfFile(algorithm, folder.name, entry.name) : undefined;
        yield { path: relative(root, join(path, folder.name, entry.name)), digest };
      }
    }
  }
}

async function list(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
