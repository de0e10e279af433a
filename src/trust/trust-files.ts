/** Looks at the files of a plan, and changes them: with the user's own hands, or with those of sudo. */
import { chmod, lstat, mkdir, open, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { systemCodeOf, translateFileErrors, translateReadErrors } from '../errors.ts';
import type { Runner } from '../process/runner.ts';
import type { FileChange, FoundFile } from './file-plan.ts';
import { replaceHostsFile } from './hosts-file-replacement.ts';

/** Writes and removes files. */
export interface FileHand {
  /** Makes a file, readable to all, with its folders. */
  create(path: string, text: string, folders: readonly string[]): Promise<void>;
  /** Gives a file another content; its owner and mode stay. */
  change(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  removeFolderIfEmpty(path: string): Promise<void>;
}

/** More than any file of settings has. */
const LONGEST = 1024 * 1024;

/**
 * Looks at a path.
 * @throws DevregError when the file system refuses
 */
export async function findFile(path: string): Promise<FoundFile> {
  return translateReadErrors(path, async () => ({
    content: await readText(path),
    missingFolders: await missingAbove(path),
  }));
}

/**
 * Does what is planned for a file, unless it has changed since it was looked at.
 * @returns false when it has
 * @throws DevregError when the file system refuses, CommandFailedError of sudo
 */
export async function applyChange(change: FileChange, hand: FileHand): Promise<boolean> {
  const { path, action, before, after, folders } = change;
  if (action === 'keep' || action === 'conflict') return true;
  const found = await translateReadErrors(path, () => readText(path));
  if (found === 'other' || found?.text !== before) return false;
  await translateFileErrors(`write ${path}`, async () => {
    if (after === undefined) await hand.remove(path);
    else if (before === undefined) await hand.create(path, after, folders);
    else await hand.change(path, after);
  });
  if (after === undefined) for (const folder of folders.toReversed()) await hand.removeFolderIfEmpty(folder);
  return true;
}

/** The user's own hands. */
export const ownHand: FileHand = {
  async create(path, text, folders) {
    for (const folder of folders) await makeFolder(folder);
    const draft = `${path}.${randomUUID()}.draft`;
    try {
      await writeSynced(draft, text);
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  },
  change: (path, text) => replaceHostsFile(path, Buffer.from(text).toString('latin1')),
  remove: (path) => rm(path, { force: true }),
  async removeFolderIfEmpty(path) {
    await rmdir(path).catch(ignore('ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'));
  },
};

/** The hands of root, for a user whom sudo asks for no password. */
export function createSudoHand(runner: Runner): FileHand {
  const sudo = async (args: readonly string[], input?: string) => {
    await runner.run({ program: 'sudo', args: ['-n', ...args], ...(input !== undefined && { input }) });
  };
  return {
    async create(path, text, folders) {
      for (const folder of folders) await sudo(['mkdir', '-p', '-m', '755', '--', folder]);
      // What is read from standard input may be a socket, which only its reader can open.
      await sudo(['install', '-m', '644', '/dev/null', path]);
      await sudo(['tee', '--', path], text);
    },
    change: (path, text) => sudo(['tee', '--', path], text),
    remove: (path) => sudo(['rm', '-f', '--', path]),
    removeFolderIfEmpty: (path) => sudo(['rmdir', '--ignore-fail-on-non-empty', '--', path]),
  };
}

/** Whether sudo runs commands without asking for a password. */
export async function isSudoReady(runner: Runner): Promise<boolean> {
  if ((await runner.find('sudo')) === undefined) return false;
  return runner.run({ program: 'sudo', args: ['-n', 'true'] }).then(
    () => true,
    () => false,
  );
}

async function readText(path: string): Promise<FoundFile['content']> {
  try {
    await lstat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return undefined;
    throw error;
  }
  try {
    // A link is followed, as the programs do that read it; what it leads to is what will be changed.
    const { isFile, size } = await stat(path).then((found) => ({ isFile: found.isFile(), size: found.size }));
    if (!isFile || size > LONGEST) return 'other';
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path)) };
  } catch (error) {
    if (error instanceof TypeError || systemCodeOf(error) === 'ENOENT') return 'other';
    throw error;
  }
}

async function missingAbove(path: string): Promise<string[]> {
  const folder = dirname(path);
  if (folder === path) return [];
  const isThere = await lstat(folder).then(
    () => true,
    (error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
  return isThere ? [] : [...(await missingAbove(folder)), folder];
}

/** Engines of other users look here, whatever this user's mask takes away. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
    await chmod(path, 0o755);
  } catch (error) {
    ignore('EEXIST')(error);
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o644);
  await file.writeFile(text);
  await file.chmod(0o644);
  await file.sync();
}

function ignore(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes(systemCodeOf(error) ?? '')) throw error;
  };
}
