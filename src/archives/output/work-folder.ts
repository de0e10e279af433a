/** Folders for what is only needed while a command runs. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf, translateFileErrors } from '../../errors.ts';

/** A folder that goes when it is disposed of. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
}

/** Made by a process, whose number the name has. */
const NAME = /^\.devreg-(\d+)-\w{6}\.partial$/;

/** Makes an empty folder, and removes those of processes that were killed. @throws DevregError of the file system */
export async function makeWorkFolder(parent: string): Promise<WorkFolder> {
  return translateFileErrors(`write in ${parent}`, async () => {
    await removeLeftovers(parent);
    const path = join(parent, partialName());
    await mkdir(path, { mode: 0o700 });
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
  });
}

/** A name for a file that is not whole yet, beside the one it becomes. */
export function partialName(): string {
  return `.devreg-${process.pid}-${Math.random().toString(36).slice(2, 8).padEnd(6, '0')}.partial`;
}

/** Removes files and folders that killed processes left. */
export async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(NAME.exec(name)?.[1] ?? process.pid);
    if (!isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** Whether a process runs; one of another user counts, as it cannot be asked. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH';
  }
}
