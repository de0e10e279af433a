/** Files that may be missing: what each of them says, and whether it is there. */
import { access, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf, translateReadErrors } from './errors.ts';

/**
 * @returns the file's text, or undefined when there is no such file
 * @throws DevregError when the file system refuses
 */
export async function readIfPresent(path: string): Promise<string | undefined> {
  return translateReadErrors(path, async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}

/** Whether something is called so, as far as we may see. */
export async function isPresent(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Where links lead; of what is not there yet, where its folder leads. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : `${await realPath(folder)}${path.slice(folder.length)}`;
  }
}
