/** Folders with those above them, as file systems make and refuse them. */
import { mkdtempDisposable, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolders } from '../src/make-folders.ts';

let folder: Awaited<ReturnType<typeof mkdtempDisposable>>;

beforeEach(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'devreg-folders-'));
});
afterEach(() => folder.remove());

it('makes what is missing, tells the outermost of it, and gives each the mode', async () => {
  const inner = join(folder.path, 'a/b/c');
  expect(await makeFolders(inner, 0o700)).toBe(join(folder.path, 'a'));
  for (const made of ['a', 'a/b', 'a/b/c']) expect((await stat(join(folder.path, made))).mode & 0o777).toBe(0o700);
  expect(await makeFolders(join(inner, 'd'))).toBe(join(inner, 'd'));
});

it('leaves alone what is there, links to folders included', async () => {
  await symlink('.', join(folder.path, 'link'));
  for (const there of ['', 'link']) expect(await makeFolders(join(folder.path, there))).toBeUndefined();
  expect(await makeFolders('/')).toBeUndefined();
  expect(await makeFolders('.')).toBeUndefined();
});

it('makes the same folders several times at once', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => makeFolders(join(folder.path, 'a/b/c'))));
  expect(new Set(made)).toContain(join(folder.path, 'a'));
  expect(await readdir(folder.path, { recursive: true })).toEqual(['a', 'a/b', 'a/b/c']);
});

it.each([
  ['EEXIST', 'file'],
  ['ENOTDIR', 'file/below'],
  ['ENOTDIR', 'file/far/below'],
  ['EEXIST', 'nowhere'],
])('ends with %s at %s', async (code, path) => {
  await writeFile(join(folder.path, 'file'), '');
  await symlink('missing', join(folder.path, 'nowhere'));
  await expect(makeFolders(join(folder.path, path))).rejects.toMatchObject({ code });
});

it.runIf(process.platform === 'linux').each(['/proc/none', '/proc/none/below', '/proc/self/none/far/below'])(
  'comes to an end where the kernel makes no folders: %s',
  async (path) => {
    await expect(makeFolders(path)).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
