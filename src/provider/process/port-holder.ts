/** Finds out which process listens on a port, where the system tells (Linux). */
import { readFile, readdir, readlink } from 'node:fs/promises';
import { findCommand } from './process-command.ts';

/** A process that listens. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string | undefined;
}

/** The state of a listening socket in the kernel's tables. */
const LISTENING = '0A';

/**
 * Finds the process that listens on a port of this machine.
 * @param proc the folder that `/proc` is in; tests give their own
 * @returns undefined where the system does not tell, or the process is another user's
 */
export async function findPortHolder(port: number, proc = '/proc'): Promise<PortHolder | undefined> {
  const sockets = new Set([
    ...(await listeningOn(port, `${proc}/net/tcp`)),
    ...(await listeningOn(port, `${proc}/net/tcp6`)),
  ]);
  if (sockets.size === 0) return undefined;
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (await hasOneOf(sockets, `${proc}/${pid}/fd`)) {
      return { pid: Number(pid), command: await findCommand(Number(pid), proc) };
    }
  }
  return undefined;
}

/** The inodes of the sockets that listen on a port. Columns: number, local address, remote address, state, …, inode. */
async function listeningOn(port: number, table: string): Promise<string[]> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n');
  return lines.flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return local?.endsWith(suffix) === true && state === LISTENING && inode !== undefined ? [`socket:[${inode}]`] : [];
  });
}

async function hasOneOf(sockets: ReadonlySet<string>, folder: string): Promise<boolean> {
  const descriptors = await readdir(folder).catch(() => []);
  for (const descriptor of descriptors) {
    if (sockets.has(await readlink(`${folder}/${descriptor}`).catch(() => ''))) return true;
  }
  return false;
}
