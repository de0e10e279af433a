/** How many sockets a process has open. */
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Counts them. @throws the system's error when there is no such process */
export async function countSockets(pid: number): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  // One that was closed since the folder was read has no target any more.
  const targets = (await readdir(folder)).map(async (name) => readlink(join(folder, name)).catch(() => ''));
  return (await Promise.all(targets)).filter((target) => target.startsWith('socket:')).length;
}
