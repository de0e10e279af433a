/** Finds configuration files: of the project that the user is in, and of the user. */
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What the file of a project is called. */
export const PROJECT_FILE = 'devreg.yaml';

/** Where the user is. */
export interface ConfigPlace {
  readonly home: string;
  /** The working folder. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The file of the user, whether or not it is there. */
export function userFile({ home, env }: ConfigPlace): string {
  const base = env['XDG_CONFIG_HOME'];
  return join(base?.startsWith('/') === true ? base : join(home, '.config'), 'devreg', 'config.yaml');
}

/**
 * Finds the file of the project: from the working folder up to the root of the repository, or to the home folder. Outside
 * of both only the working folder is looked into, since others can write to folders such as `/tmp`.
 * @returns undefined when there is none
 */
export async function findProjectFile(place: ConfigPlace): Promise<string | undefined> {
  for (const folder of await foldersOf(place)) {
    const file = join(folder, PROJECT_FILE);
    if (await isThere(file)) return file;
  }
  return undefined;
}

async function foldersOf({ folder, home }: ConfigPlace): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    folders.push(at);
    if (at === home || (await isThere(join(at, '.git')))) return folders;
    if (dirname(at) === at) return [folder];
  }
}

/** Whether something is called so. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
