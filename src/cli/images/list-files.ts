/** The files that a list of images may have read for it: those in its folder. */
import { readFileSync, realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { DevregError, systemCodeOf } from '../../errors.ts';

/**
 * Reads a file that a list names. What is in it goes to the registries that the list names as well, and a list may come
 * from elsewhere, so that files in other places are none of its business.
 * @param folder the list's; undefined where it came by standard input
 * @throws DevregError LIST_FILE_OUTSIDE, FILE_MISSING, FILE_DENIED
 */
export function readListFile(name: string, folder: string | undefined): string {
  try {
    if (folder === undefined) throw outside(name);
    const path = realpathSync(resolve(folder, name));
    const below = relative(realpathSync(folder), path);
    if (below === '..' || below.startsWith(`..${sep}`)) throw outside(name);
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === 'ENOENT')
      throw new DevregError('usage', 'FILE_MISSING', `There is no file ${name}, which the list names.`, { cause });
    if (code === 'EACCES' || code === 'EISDIR')
      throw new DevregError('failure', 'FILE_DENIED', `Cannot read ${name}, which the list names.`, { cause });
    throw cause;
  }
}

function outside(name: string): DevregError {
  return new DevregError('usage', 'LIST_FILE_OUTSIDE', `The list wants to read ${name}, which is not in its folder.`, {
    hint: 'Put that file beside the list, or what is in it into a variable: {{env "X"}}.',
  });
}
