/** Makes folders together with those above them. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder with its parents, as Node's recursive `mkdir` does, and comes to an end where folders cannot be made:
 * in `/proc` Node is told that a parent is missing which is there, and tries for ever.
 * @param mode of each folder that is made
 * @returns the outermost folder that was made, or undefined when all were there
 * @throws the system's errors, ENOENT where the file system makes no folders
 */
export async function makeFolders(path: string, mode = 0o777): Promise<string | undefined> {
  const failure = await tryToMake(path, mode);
  if (failure === undefined) return path;
  if (isMissing(failure)) return makeBelow(path, mode, failure);
  if (await isFolder(path)) return undefined;
  throw failure;
}

/** The parent first, then the folder, once more. */
async function makeBelow(path: string, mode: number, missing: unknown): Promise<string | undefined> {
  if (dirname(path) === path) throw missing;
  const made = await makeFolders(dirname(path), mode);
  const failure = await tryToMake(path, mode);
  if (failure === undefined) return made ?? path;
  // Somebody else may have made it meanwhile.
  if (await isFolder(path)) return made;
  throw failure;
}

/** @returns what the system refused it with */
async function tryToMake(path: string, mode: number): Promise<unknown> {
  return mkdir(path, { mode }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
