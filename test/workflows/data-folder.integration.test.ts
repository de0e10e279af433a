/** Which folders no registry may keep its data in. */
import { mkdtempDisposable, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refuseSystemFolder } from '../../src/workflows/data-folder.ts';

describe.skipIf(process.platform === 'win32')('refuseSystemFolder', () => {
  it.each(['/proc', '/proc/x', '/sys/a/b', '/dev', '/dev/null', '/dev/shm'])('refuses %s', async (folder) => {
    await expect(refuseSystemFolder(folder)).rejects.toMatchObject({ kind: 'usage', code: 'DATA_FOLDER_REFUSED' });
  });

  it.each(['/processes', '/data', '/dev/shm/images', '/'])('has nothing against %s', async (folder) => {
    await refuseSystemFolder(folder);
  });

  it.skipIf(process.platform !== 'linux')('refuses what leads there', async () => {
    await using temp = await mkdtempDisposable(join(tmpdir(), 'devreg-data-folder-'));
    const link = join(temp.path, 'link');
    await symlink('/proc', link);
    await expect(refuseSystemFolder(join(link, 'x'))).rejects.toMatchObject({
      code: 'DATA_FOLDER_REFUSED',
      message: `${join(link, 'x')} is no place for images: what is in /proc is the system's.`,
    });
  });
});
