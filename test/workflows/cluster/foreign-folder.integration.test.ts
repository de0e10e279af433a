/** Which folders a cluster's registry may have for itself. */
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { refuseForeignFolder } from '../../../src/workflows/cluster/foreign-folder.ts';

const makeFolder = () => mkdtempDisposable(join(tmpdir(), 'devreg-foreign-'));

it('has nothing against one that is not there, and one that is empty goes to the registry', async () => {
  await using folder = await makeFolder();
  expect(await refuseForeignFolder(join(folder.path, 'new'))).toBe(false);
  expect(await refuseForeignFolder(folder.path)).toBe(true);
});

it('has nothing against what a registry and a new file system keep there', async () => {
  await using folder = await makeFolder();
  for (const name of ['blobs', 'tls', 'lost+found']) await mkdir(join(folder.path, name));
  for (const name of ['metadata.db', 'metadata.db-wal', 'lock']) await writeFile(join(folder.path, name), '');
  expect(await refuseForeignFolder(folder.path)).toBe(true);
});

it("refuses one with somebody's files in it, and says what would do", async () => {
  await using folder = await makeFolder();
  await mkdir(join(folder.path, 'blobs'));
  await writeFile(join(folder.path, 'notes.txt'), '');
  await expect(refuseForeignFolder(folder.path)).rejects.toMatchObject({
    kind: 'conflict',
    code: 'DATA_FOLDER_FOREIGN',
    message: expect.stringContaining(`There is notes.txt in ${folder.path}`),
    hint: expect.stringContaining(`--data-dir ${folder.path}/devreg`),
  });
});
