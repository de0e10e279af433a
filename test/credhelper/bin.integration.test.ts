/** The helper's door in the package. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const DOOR = 'bin/docker-credential-devreg.js';

async function runDoor(
  program?: string,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-door-'));
  await mkdir(join(folder.path, 'dist/credhelper'), { recursive: true });
  await cp(join(ROOT, 'bin'), join(folder.path, 'bin'), { recursive: true });
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
  if (program !== undefined) await writeFile(join(folder.path, 'dist/credhelper/docker-credential-devreg.js'), program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder.path, DOOR), 'get'], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

it('leads to the program', async () => {
  expect(await runDoor('process.stdout.write(process.argv[2]); process.exitCode = 1;')).toEqual({
    status: 1,
    stdout: 'get',
    stderr: '',
  });
});

it('says where clients read it that nothing is built', async () => {
  expect(await runDoor()).toEqual({
    status: 1,
    stdout: 'devreg is not built yet: run npm run build in its folder\n',
    stderr: '',
  });
});

it('does not hide that the program is broken', async () => {
  expect((await runDoor("import './gone.js';")).stderr).toContain('gone.js');
});

it('is among the programs of the package, by the name that clients start', async () => {
  const { bin } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  expect(bin['docker-credential-devreg']).toBe(DOOR);
});
