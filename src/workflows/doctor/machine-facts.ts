/** Reads what this machine tells of itself: disks, limits of the kernel, files of podman. */
import { Resolver } from 'node:dns/promises';
import { readFile, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskReport, InotifyLimits } from '../../doctor/check-machine.ts';
import type { RegistriesFile } from '../../doctor/check-registries-conf.ts';
import { systemCodeOf } from '../../errors.ts';

/** @returns undefined where the folder is not on this machine, or hidden */
export async function readDisk(folder: string): Promise<DiskReport | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return { folder, freeBytes: bavail * bsize };
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}

/**
 * @param proc the folder that `/proc` is in; tests give their own
 * @returns undefined where the kernel has no such limits
 */
export async function readInotify(proc = '/proc'): Promise<InotifyLimits | undefined> {
  const read = async (name: string) =>
    Number(await readFile(join(proc, 'sys/fs/inotify', name), 'utf8').catch(() => 'none'));
  const [instances, watches] = [await read('max_user_instances'), await read('max_user_watches')];
  return Number.isNaN(instances) || Number.isNaN(watches) ? undefined : { instances, watches };
}

/**
 * Reads the files by which podman knows registries: the user's own hides the machine's.
 * @param root the folder that `/etc` is in
 * @see https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md
 */
export async function readRegistriesFiles(
  home: string,
  env: Readonly<Record<string, string | undefined>>,
  root: string,
): Promise<RegistriesFile[]> {
  const named = env['CONTAINERS_REGISTRIES_CONF'] || undefined;
  const own = join(home, '.config/containers/registries.conf');
  const machine = join(root, 'etc/containers/registries.conf');
  const folders = [join(home, '.config/containers'), join(root, 'etc/containers')];
  const main = await readFirst(named === undefined ? [own, machine] : [named]);
  const more = await Promise.all(folders.map((folder) => readAll(join(folder, 'registries.conf.d'))));
  return [...(main === undefined ? [] : [main]), ...more.flat()];
}

async function readFirst(paths: readonly string[]): Promise<RegistriesFile | undefined> {
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

async function readAll(folder: string): Promise<RegistriesFile[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.conf')).toSorted();
  const files = await Promise.all(names.map((name) => readFirst([join(folder, name)])));
  return files.filter((file) => file !== undefined);
}

/** A server that has not answered by then is as good as none. */
const DNS_MS = 400;

/** Whether a name has an address, as far as DNS tells in a short time. */
export async function hasAddress(host: string, signal: AbortSignal): Promise<boolean> {
  const resolver = new Resolver({ timeout: DNS_MS, tries: 1 });
  const cancel = () => resolver.cancel();
  const timer = setTimeout(cancel, DNS_MS);
  signal.addEventListener('abort', cancel);
  try {
    return (await resolver.resolve4(host)).length > 0;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}
