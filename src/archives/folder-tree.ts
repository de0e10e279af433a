/** A folder of this machine as a tree of files; symbolic links that lead out of it lead nowhere. */
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { systemCodeOf, translateReadErrors } from '../errors.ts';
import { pathNotFound } from './archive-errors.ts';
import type { FileTree, TreeFile } from './file-tree.ts';

/** What a system says when there is nothing. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/** Contents are read in pieces of this size. */
const PIECE_BYTES = 256 * 1024;

/** Opens a folder. @throws DevregError IMAGE_NOT_FOUND when it is not there; FILE_DENIED */
export async function openFolder(path: string): Promise<FileTree> {
  const root = await translateReadErrors(path, () => resolveFolder(path));
  return {
    name: path,
    find: (inner) => translateReadErrors(join(path, inner), () => findIn(root, inner)),
    list: (inner) => translateReadErrors(join(path, inner), () => listIn(root, inner)),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function resolveFolder(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw systemCodeOf(error) === 'ENOENT' ? pathNotFound(path, error) : error;
  }
}

async function findIn(root: string, path: string): Promise<TreeFile | undefined> {
  const place = await resolveIn(root, path);
  if (place === undefined) return undefined;
  const facts = await stat(place);
  if (!facts.isFile()) return undefined;
  const open = (offset = 0) => createReadStream(place, { start: offset, highWaterMark: PIECE_BYTES });
  return { size: facts.size, open };
}

async function listIn(root: string, path: string): Promise<readonly string[]> {
  const place = await resolveIn(root, path);
  const isFolder = place !== undefined && (await stat(place)).isDirectory();
  return isFolder ? (await readdir(place)).toSorted() : [];
}

async function resolveIn(root: string, path: string): Promise<string | undefined> {
  try {
    const place = await realpath(join(root, path));
    const inside = root.endsWith(sep) ? root : root + sep;
    return place === root || place.startsWith(inside) ? place : undefined;
  } catch (error) {
    if (ABSENT.has(systemCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}
