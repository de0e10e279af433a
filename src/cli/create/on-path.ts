/** Finds programs as a shell would. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * Finds a program on the PATH.
 * @returns the path of the first one, or undefined
 */
export async function findOnPath(name: string, path: string | undefined): Promise<string | undefined> {
  for (const folder of (path ?? '').split(delimiter).filter((one) => one !== '')) {
    const file = join(folder, name);
    if (await mayUse(file, constants.X_OK)) return file;
  }
  return undefined;
}

/** Whether we may use a file in this way. */
export async function mayUse(file: string, mode: number): Promise<boolean> {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}
