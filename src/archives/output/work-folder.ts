/** Files and folders for what is only needed while a command runs, and what killed commands left of them. */
import { createHash, randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { systemCodeOf, translateFileErrors } from '../../errors.ts';

/** A folder that goes when it is disposed of. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
}

/** Made by a process of a machine or container, whose number counts there alone. */
const NAME = /^\.devreg-([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.partial$/;

const HERE = tellPlace();

/** Makes an empty folder, and removes those of processes that were killed. @throws DevregError of the file system */
export async function makeWorkFolder(parent: string): Promise<WorkFolder> {
  return translateFileErrors(`write in ${parent}`, async () => {
    await removeLeftovers(parent);
    const path = join(parent, partialName());
    await mkdir(path, { mode: 0o700 });
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
  });
}

/** A name for what is not whole yet, beside what it becomes. @param pid of who writes it */
export function partialName(pid = process.pid): string {
  return `.devreg-${HERE}-${pid}-${randomBytes(6).toString('hex')}.partial`;
}

/** Removes what killed processes left, as far as this user may. */
export async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, place, pid] = NAME.exec(name) ?? [];
    if (place !== HERE || isAlive(Number(pid))) continue;
    // What belongs to somebody else stays, and is in nobody's way.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
  }
}

/** Tells containers on one machine apart, whose processes have the same numbers. */
function tellPlace(): string {
  let space = '';
  try {
    space = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has these.
  }
  return createHash('sha256').update(`${hostname()} ${space}`).digest('hex').slice(0, 8);
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
