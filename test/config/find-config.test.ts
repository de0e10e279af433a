/** Which file of a project counts, and whose. */
import { chown, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROJECT_FILE, findProjectFile } from '../../src/config/find-config.ts';

/** Neither root nor whoever runs the tests. */
const OWNER = 4_242;
const SOMEBODY_ELSE = 4_243;

let root = '';
let folder = '';
let file = '';

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'devreg-find-config-')));
  folder = join(root, 'deep', 'down');
  file = join(root, PROJECT_FILE);
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, '.git'));
  await writeFile(file, '');
  // What root owns is trusted.
  if (process.getuid?.() === 0) await chown(file, OWNER, OWNER);
});

afterEach(() => rm(root, { recursive: true }));

const ownerOfFile = () => (process.getuid?.() === 0 ? OWNER : process.getuid?.());
const placeAt = (at: string, env = {}) => ({ home: '/home/nobody', folder: at, env });

it('is the one at the root of the repository', async () => {
  expect(await findProjectFile(placeAt(folder), ownerOfFile())).toBe(file);
});

it('is none above the root of the repository', async () => {
  await mkdir(join(root, 'deep', '.git'));
  expect(await findProjectFile(placeAt(folder), ownerOfFile())).toBeUndefined();
});

it('is refused where somebody else has put it above the working folder', async () => {
  const find = findProjectFile(placeAt(folder), SOMEBODY_ELSE);
  await expect(find).rejects.toMatchObject({ kind: 'usage', code: 'CONFIG_FILE_FOREIGN' });
});

it("counts in the working folder, and by sudo, whoever's it is", async () => {
  expect(await findProjectFile(placeAt(root), SOMEBODY_ELSE)).toBe(file);
  expect(await findProjectFile(placeAt(folder, { SUDO_UID: String(ownerOfFile()) }), SOMEBODY_ELSE)).toBe(file);
});
