/** What a list of images may have read for it. */
import { mkdir, mkdtempDisposable, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readListFile } from '../../../src/cli/images/list-files.ts';

it('is what is in its folder, and nothing else', async () => {
  await using temp = await mkdtempDisposable(join(tmpdir(), 'devreg-list-files-'));
  const folder = join(temp.path, 'list');
  await mkdir(join(folder, 'secrets'), { recursive: true });
  await writeFile(join(folder, 'secrets', 'password'), 'ours');
  await writeFile(join(temp.path, 'password'), 'theirs');
  await symlink('../password', join(folder, 'link'));
  expect(readListFile('secrets/password', folder)).toBe('ours');
  expect(readListFile(join(folder, 'secrets/password'), folder)).toBe('ours');
  for (const name of ['../password', join(temp.path, 'password'), 'link'])
    expect(() => readListFile(name, folder)).toThrow(
      expect.objectContaining({ code: 'LIST_FILE_OUTSIDE', message: expect.stringContaining(name) }),
    );
  expect(() => readListFile('secrets/password', undefined)).toThrow('which is not in its folder');
  expect(() => readListFile('gone', folder)).toThrow(expect.objectContaining({ code: 'FILE_MISSING' }));
  expect(() => readListFile('secrets', folder)).toThrow(expect.objectContaining({ code: 'FILE_DENIED' }));
});
