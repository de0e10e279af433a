/** Finds configuration files: of the project that the user is in, and of the user. */
import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DevregError } from '../errors.ts';
import { isPresent } from '../optional-files.ts';

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
 * @param uid of the user; undefined where files have no owners
 * @returns undefined when there is none
 * @throws DevregError CONFIG_FILE_FOREIGN
 */
export async function findProjectFile(
  place: ConfigPlace,
  uid: number | undefined = process.getuid?.(),
): Promise<string | undefined> {
  for (const folder of await foldersOf(place)) {
    const file = join(folder, PROJECT_FILE);
    if (!(await isPresent(file))) continue;
    if (folder !== place.folder && (await isForeign(file, uid, place.env))) throw foreignFile(file);
    return file;
  }
  return undefined;
}

/** Whoever makes `/tmp/.git` makes all that is below `/tmp` a part of their repository (as of git, CVE-2022-24765). */
async function isForeign(file: string, uid: number | undefined, env: ConfigPlace['env']): Promise<boolean> {
  const { uid: owner } = await lstat(file);
  return uid !== undefined && owner !== uid && owner !== 0 && String(owner) !== env['SUDO_UID'];
}

function foreignFile(file: string): DevregError {
  return new DevregError('usage', 'CONFIG_FILE_FOREIGN', `${file} belongs to another user.`, {
    hint: `If that is as it should be, name it with --config ${file}, or go into its folder.`,
  });
}

async function foldersOf({ folder, home }: ConfigPlace): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    folders.push(at);
    if (at === home || (await isPresent(join(at, '.git')))) return folders;
    if (dirname(at) === at) return [folder];
  }
}
