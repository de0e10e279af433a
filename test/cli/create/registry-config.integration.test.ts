/** The logins for other registries that nodes are given. */
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readRegistryConfig } from '../../../src/cli/create/registry-config.ts';

const LOGIN = { auths: { 'quay.io': { auth: 'dTpw' } }, credsStore: 'desktop' };
const TEXT = `${JSON.stringify({ auths: LOGIN.auths }, undefined, 2)}\n`;

async function openOwner(files: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}) {
  const temp = await mkdtempDisposable(join(tmpdir(), 'devreg-logins-'));
  const put = async ([name, content]: [string, unknown]) => {
    const file = join(temp.path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  };
  await Promise.all(Object.entries(files).map(put));
  const named = Object.fromEntries(Object.entries(env).map(([name, folder]) => [name, join(temp.path, folder)]));
  const owner = { home: join(temp.path, 'home'), folder: temp.path, env: named };
  return {
    read: (...asked: string[]) => readRegistryConfig(asked, owner),
    path: (name: string) => join(temp.path, name),
    [Symbol.asyncDispose]: () => temp.remove(),
  };
}

it.each([
  [['run/containers/auth.json', 'home/.docker/config.json'], { XDG_RUNTIME_DIR: 'run' }, 'run/containers/auth.json'],
  [['home/.docker/config.json'], { XDG_RUNTIME_DIR: 'run' }, 'home/.docker/config.json'],
  [['home/.docker/config.json'], {}, 'home/.docker/config.json'],
  [['mine/config.json', 'home/.docker/config.json'], { DOCKER_CONFIG: 'mine' }, 'mine/config.json'],
] as const)('of %j, with %j, %s is read without a name', async (files, env, found) => {
  await using owner = await openOwner(Object.fromEntries(files.map((file) => [file, LOGIN])), env);
  expect(await owner.read('true')).toEqual({ file: owner.path(found), text: TEXT, registries: ['quay.io'] });
});

it('by names the first file that is there is read, with variables in its name', async () => {
  await using owner = await openOwner({ 'home/b.json': LOGIN, 'c.json': LOGIN }, { XDG_RUNTIME_DIR: 'run' });
  expect((await owner.read('$XDG_RUNTIME_DIR/a.json', '${HOME}/b.json', 'c.json')).file).toBe(
    owner.path('home/b.json'),
  );
  expect((await owner.read('a.json', 'c.json')).file).toBe(owner.path('c.json'));
});

it('says which files were looked for when none is there', async () => {
  await using owner = await openOwner({});
  await expect(owner.read('a.json', 'b.json')).rejects.toMatchObject({
    kind: 'not-found',
    code: 'REGISTRY_CONFIG_MISSING',
    message: `None of these files with logins is there: ${owner.path('a.json')}, ${owner.path('b.json')}.`,
  });
});

it('leaves out what a kubelet cannot use', async () => {
  const token = { auth: btoa('u:'), identitytoken: 't' };
  const auths = {
    a: {},
    b: token,
    c: { username: 'u', password: 'p' },
    d: { auth: '' },
    e: null,
    f: { auth: btoa('u:p') },
  };
  await using owner = await openOwner({ 'a.json': { auths } });
  expect((await owner.read('a.json')).registries).toEqual(['c', 'f']);
});

it.each([
  ['{"auths":', 'is not what docker and podman keep their logins in'],
  ['[]', 'is not what docker and podman keep their logins in'],
  ['{"auths":[]}', 'is not what docker and podman keep their logins in'],
  ['{"credsStore":"desktop"}', 'a credential helper keeps them'],
  ['{"auths":{"a":{}}}', 'a credential helper keeps them'],
])('refuses %s', async (content, reason) => {
  await using owner = await openOwner({ 'a.json': content });
  await expect(owner.read('a.json')).rejects.toMatchObject({
    kind: 'usage',
    code: 'REGISTRY_CONFIG_INVALID',
    message: expect.stringContaining(reason),
  });
});
