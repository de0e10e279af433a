/** The user's kubeconfig, in real files. */
import { chmod, mkdir, mkdtempDisposable, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openKubeContexts } from '../../../src/workflows/cluster/kube-contexts.ts';

const config = (names: readonly string[], current?: string) =>
  JSON.stringify({ contexts: names.map((name) => ({ name, context: {} })), 'current-context': current });

async function openHome() {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-kube-'));
  await mkdir(join(temp.path, '.kube'));
  return { ...temp, file: join(temp.path, '.kube/config'), [Symbol.asyncDispose]: () => temp.remove() };
}

it('puts back what was current, in the file it was in and for whom it was', async () => {
  await using home = await openHome();
  const real = join(home.path, 'real');
  await writeFile(real, config(['mine']));
  await chmod(real, 0o640);
  await symlink(real, home.file);
  const contexts = openKubeContexts({ env: {}, home: home.path });
  expect([await contexts.current(), await contexts.has('mine'), await contexts.has('other')]).toEqual([
    undefined,
    true,
    false,
  ]);
  await contexts.restore('mine', undefined);
  expect(await contexts.current()).toBe('mine');
  expect((await stat(real)).mode & 0o777).toBe(0o640);
  expect(await readFile(real, 'utf8')).toBe(await readFile(home.file, 'utf8'));
});

it('leaves alone what the user has chosen since, and what is gone', async () => {
  await using home = await openHome();
  await writeFile(home.file, config(['mine', 'chosen'], 'chosen'));
  const contexts = openKubeContexts({ env: {}, home: home.path });
  await contexts.restore('mine', undefined);
  await contexts.restore('gone', 'chosen');
  expect(await contexts.current()).toBe('chosen');
});

it('reads all files there are, the first one first', async () => {
  await using home = await openHome();
  const [one, two] = [join(home.path, 'one'), join(home.path, 'two')];
  await writeFile(one, config(['a']));
  await writeFile(two, config(['b'], 'b'));
  const contexts = openKubeContexts({ env: { KUBECONFIG: `${join(home.path, 'none')}:${one}:${two}` }, home: '/none' });
  expect([await contexts.current(), await contexts.has('a')]).toEqual(['b', true]);
  await contexts.restore('a', 'b');
  expect([await contexts.current(), await readFile(one, 'utf8')]).toEqual(['a', config(['a'])]);
});

it('does not wait for ever for somebody who writes', async () => {
  await using home = await openHome();
  await writeFile(home.file, config(['mine']));
  await writeFile(`${home.file}.lock`, '');
  const contexts = openKubeContexts({ env: {}, home: home.path });
  await contexts.restore('mine', undefined);
  expect([await contexts.current(), await readFile(`${home.file}.lock`, 'utf8')]).toEqual([undefined, '']);
});

it('knows nothing where there is no file', async () => {
  await using home = await openHome();
  const contexts = openKubeContexts({ env: {}, home: home.path });
  await contexts.restore('mine', undefined);
  expect([await contexts.current(), await contexts.has('mine')]).toEqual([undefined, false]);
});
