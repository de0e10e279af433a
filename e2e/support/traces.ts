/** What tests could leave behind on the real machine: settings, credentials, trust, images, folders, mounts. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Everything watched, as it is at one moment. */
export interface Traces {
  /** @throws an error that lists what is different later */
  expectSame(later: Traces): void;
  readonly entries: ReadonlyMap<string, string>;
}

/** Where engines and clients keep settings, credentials and trust. */
function watchedPaths(): string[] {
  const home = homedir();
  const inHome = [
    '.docker',
    '.regctl',
    '.config/containers',
    '.config/helm',
    '.config/docker',
    '.cache/helm',
    '.local/share/helm',
  ];
  return [
    '/etc/hosts',
    '/etc/docker',
    '/etc/containers',
    '/etc/resolv.conf',
    ...inHome.map((path) => join(home, path)),
  ];
}

/** The local images of podman and docker are listed in these files of theirs. */
const IMAGE_LISTS = [
  '/var/lib/containers/storage/overlay-images/images.json',
  '/var/lib/docker/image/overlay2/repositories.json',
];

/** Image names that only tests of this kind make. */
const TEST_IMAGES = /"[^"]*(?:localtest\.me|localhost)[:/][^"]*"/g;

/** Looks at the real machine. */
export async function traces(): Promise<Traces> {
  const entries = new Map<string, string>();
  for (const path of watchedPaths()) await addFiles(path, entries);
  for (const path of IMAGE_LISTS) entries.set(`images in ${path}`, await imagesIn(path));
  return { entries, expectSame: (later) => expectSame(entries, later.entries) };
}

function expectSame(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): void {
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
  if (changed.length === 0) return;
  const list = changed.map((key) => `${key}: ${before.get(key) ?? 'absent'} → ${after.get(key) ?? 'absent'}`);
  throw new Error(`The machine is not as it was before the tests:\n${list.join('\n')}`);
}

async function addFiles(path: string, entries: Map<string, string>): Promise<void> {
  const names = await orEmpty(readdir(path, { recursive: true, withFileTypes: true }), []);
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of names.length === 0 ? [path] : files) {
    const content = await orEmpty(readFile(file), undefined);
    if (content !== undefined) entries.set(file, createHash('sha256').update(content).digest('hex'));
  }
}

async function imagesIn(path: string): Promise<string> {
  const names = (await orEmpty(readFile(path, 'utf8'), '')).match(TEST_IMAGES) ?? [];
  return [...new Set(names)].toSorted().join(' ');
}

/** Looks whether a folder that tests made is gone, and nothing mounted from it. @throws an error that says what is left */
export async function expectGone(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').filter((line) => line.includes(folder));
  if (existsSync(folder) || mounts.length > 0)
    throw new Error(`There is something left of ${folder}:\n${mounts.join('\n')}`);
}

/** Nothing there is as good as empty; anything else is a fault. */
async function orEmpty<T>(reading: Promise<T>, empty: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return empty;
    throw error;
  }
}
