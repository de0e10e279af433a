/** What is in a folder, to be compared byte by byte. */
import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Every file and folder below a folder: its mode, and its text where it is a file. */
export async function treeOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const entries = names
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map(async (name): Promise<readonly [string, string]> => {
      const facts = await lstat(join(folder, name));
      const mode = (facts.mode & 0o777).toString(8);
      return [name, facts.isFile() ? `${mode} ${await readFile(join(folder, name), 'latin1')}` : mode];
    });
  return Object.fromEntries(await Promise.all(entries));
}
