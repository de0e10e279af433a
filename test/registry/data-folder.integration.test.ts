/** Emptying a data folder. */
import { mkdir, mkdtempDisposable, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeData } from '../../src/registry/data-folder.ts';
import { lockDataFolder } from '../../src/registry/metadata/data-lock.ts';
import { createLog } from '../../src/registry/log.ts';
import { openStores } from '../../src/registry/stores.ts';

it('removes all that a registry keeps, and nothing else', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-data-'));
  await (
    await openStores(
      folder.path,
      'fast',
      createLog(() => {}),
    )
  )[Symbol.asyncDispose]();
  await writeFile(join(folder.path, 'metadata.db.backup-2026'), '');
  await writeFile(join(folder.path, 'notes.txt'), '');
  await mkdir(join(folder.path, 'other'));
  expect(await readdir(folder.path)).toContain('blobs');
  await removeData(folder.path);
  expect((await readdir(folder.path)).toSorted()).toEqual(['notes.txt', 'other']);
});

it('removes nothing while somebody works on it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-data-'));
  await mkdir(join(folder.path, 'blobs'));
  await using _lock = await lockDataFolder(folder.path);
  await expect(removeData(folder.path)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
  expect(await readdir(folder.path)).toContain('blobs');
});

it('makes nothing where there is nothing', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-data-'));
  await removeData(folder.path);
  await removeData(join(folder.path, 'gone'));
  expect(await readdir(folder.path)).toEqual([]);
});
