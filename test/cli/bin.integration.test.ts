/** The doors of the package: which Node they need, and what they say when nothing is built. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, version } from 'node:process';
import { describe, expect, it } from 'vitest';

const BIN = join(import.meta.dirname, '../../bin');

/** A copy of the package with some programs built, so to speak. */
async function makePackage(
  bundles: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-bin-'));
  await cp(BIN, join(folder.path, 'bin'), { recursive: true });
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
  await mkdir(join(folder.path, 'dist'));
  for (const [name, text] of Object.entries(bundles)) await writeFile(join(folder.path, 'dist', name), text);
  return { path: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

function run(
  folder: string,
  name: string,
  ...options: string[]
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(execPath, [...options, join(folder, 'bin', name), 'one', 'two'], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe.each([
  ['devreg.js', 'devreg.js'],
  ['devreg-registry.js', 'registry.js'],
])('%s', (door, bundle) => {
  it('runs the program', async () => {
    await using folder = await makePackage({
      [bundle]: 'process.stdout.write(process.argv.slice(2).join()); process.exitCode = 7;',
    });
    expect(run(folder.path, door)).toEqual({ status: 7, stdout: 'one,two', stderr: '' });
  });

  it('says what to do when nothing is built', async () => {
    await using folder = await makePackage({});
    expect(run(folder.path, door)).toEqual({
      status: 6,
      stdout: '',
      stderr: `error: devreg is not built yet: run npm run build in ${folder.path}/.\n`,
    });
  });

  it('does not hide that the program is broken', async () => {
    await using folder = await makePackage({ [bundle]: "import './gone.js';" });
    const { status, stderr } = run(folder.path, door);
    expect(status).toBe(1);
    expect(stderr).toContain('gone.js');
  });

  it.each(['14.0.0', '20.20.2', '24.14.9'])('says which Node it needs instead of %s', async (old) => {
    await using folder = await makePackage({ [bundle]: 'throw new Error("ran");' });
    const pretence = join(folder.path, 'pretence.cjs');
    await writeFile(
      pretence,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${old}' } });`,
    );
    const { status, stderr } = run(folder.path, door, '--require', pretence);
    expect({ status, lines: stderr.split('\n').length }).toEqual({ status: 6, lines: 2 });
    expect(stderr).toContain(`devreg needs Node 24.15 or newer and this is Node ${old}: get one from`);
  });

  it(`takes ${version}, and newer ones`, async () => {
    await using folder = await makePackage({ [bundle]: '' });
    const pretence = join(folder.path, 'pretence.cjs');
    await writeFile(
      pretence,
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '26.0.0' } });",
    );
    expect(run(folder.path, door, '--require', pretence).status).toBe(0);
  });
});
