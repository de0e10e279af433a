/** Writes a new hosts file in place of the old one. */
import { randomUUID } from 'node:crypto';
import { chmod, chown, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { systemCodeOf } from '../errors.ts';

/** What a system says when we may not write. */
export const WRITE_DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** What it says when a file cannot be replaced by another, but perhaps written to. */
const IRREPLACEABLE: ReadonlySet<string> = new Set(['EBUSY', 'EXDEV', ...WRITE_DENIED]);

/**
 * Writes the file whole or not at all, where the system allows that. In containers the file is mounted by itself and
 * cannot be replaced, and a folder may be closed whose file is open: it is written in place then.
 * @param text each character a byte
 * @throws what the file system says
 */
export async function replaceHostsFile(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file);
  const draft = `${target}.${randomUUID()}.draft`;
  try {
    await write(draft, 'wx', text);
    await copyOwner(target, draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    if (!IRREPLACEABLE.has(systemCodeOf(error) ?? '')) throw error;
    await write(target, 'r+', text);
  }
}

async function write(path: string, flags: 'wx' | 'r+', text: string): Promise<void> {
  await using file = await open(path, flags);
  await file.writeFile(text, 'latin1');
  await file.truncate(text.length);
  await file.sync();
}

/** A file that was not there has none. */
async function copyOwner(from: string, to: string): Promise<void> {
  try {
    const { mode, uid, gid } = await stat(from);
    await chown(to, uid, gid);
    await chmod(to, mode & 0o7777);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}
