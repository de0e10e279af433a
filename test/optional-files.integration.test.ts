/** Files that may be missing, on a real disk. */
import { mkdir, mkdtempDisposable, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPresent, readIfPresent, realPath } from '../src/optional-files.ts';

const makeFolder = () => mkdtempDisposable(join(tmpdir(), 'devreg-optional-'));

describe('readIfPresent', () => {
  it('gives the text, and undefined where there is no file or no folder', async () => {
    await using folder = await makeFolder();
    await writeFile(join(folder.path, 'a'), 'text');
    await writeFile(join(folder.path, 'empty'), '');
    expect(await readIfPresent(join(folder.path, 'a'))).toBe('text');
    expect(await readIfPresent(join(folder.path, 'empty'))).toBe('');
    expect(await readIfPresent(join(folder.path, 'b'))).toBeUndefined();
    expect(await readIfPresent(join(folder.path, 'b', 'c'))).toBeUndefined();
  });

  it('says why what is there cannot be read', async () => {
    await using folder = await makeFolder();
    const path = join(folder.path, 'a');
    await mkdir(path);
    await expect(readIfPresent(path)).rejects.toMatchObject({
      code: 'PATH_BLOCKED',
      message: `Cannot read ${path}: a folder is in its place.`,
    });
  });
});

describe('isPresent', () => {
  it('is for files and folders, and not for a link that leads nowhere', async () => {
    await using folder = await makeFolder();
    await writeFile(join(folder.path, 'a'), '');
    await symlink('nowhere', join(folder.path, 'link'));
    expect(await isPresent(join(folder.path, 'a'))).toBe(true);
    expect(await isPresent(folder.path)).toBe(true);
    expect(await isPresent(join(folder.path, 'b'))).toBe(false);
    expect(await isPresent(join(folder.path, 'a', 'b'))).toBe(false);
    expect(await isPresent(join(folder.path, 'link'))).toBe(false);
  });
});

describe('realPath', () => {
  it('follows links, also of what is not there yet', async () => {
    await using folder = await makeFolder();
    await mkdir(join(folder.path, 'a'));
    await symlink('a', join(folder.path, 'link'));
    const real = await realpath(folder.path);
    expect(await realPath(join(folder.path, 'link'))).toBe(join(real, 'a'));
    expect(await realPath(join(folder.path, 'link', 'b', 'c'))).toBe(join(real, 'a', 'b', 'c'));
    expect(await realPath('/')).toBe('/');
  });
});
