/** That a private machine is one: nothing it changes is the real machine's, and nothing stays behind. */
import { existsSync } from 'node:fs';
import { readFile, readlink, stat } from 'node:fs/promises';

/** Where engines and clients keep settings, credentials, trust, images and sockets, besides the home. */
const PRIVATE = ['/etc', '/run', '/dev/shm', '/var/lib', '/var/tmp', '/media'];

/** Looks at folders and network of a process. @throws an error that lists what it shares with the real machine */
export async function expectPrivate(pid: number): Promise<void> {
  const shared: string[] = [];
  for (const folder of PRIVATE) {
    if ((await identity(`/proc/${pid}/root${folder}`)) === (await identity(folder))) shared.push(folder);
  }
  if ((await readlink(`/proc/${pid}/ns/net`)) === (await readlink('/proc/self/ns/net'))) shared.push('the network');
  if (shared.length > 0) throw new Error(`The machine of the tests is not private: it shares ${shared.join(', ')}.`);
}

async function identity(path: string): Promise<string> {
  const { dev, ino } = await stat(path);
  return `${dev}:${ino}`;
}

/** Looks whether a folder that tests made is gone, and nothing mounted from it. @throws an error that says what is left */
export async function expectGone(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter((line) => line.includes(folder));
  if (existsSync(folder) || mounts.length > 0)
    throw new Error(`There is something left of ${folder}:\n${mounts.join('\n')}`);
}
