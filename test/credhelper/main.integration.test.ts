/** The helper as clients start it: a program with a user's files. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openState } from '../../src/workflows/open-state.ts';
import { CLUSTER_RECORD, RECORD } from '../state/sample-record.ts';

const MAIN = join(import.meta.dirname, '../../src/credhelper/main.ts');
const SECRET = { password: 'the-password', token: 'the-token' };
const LOCAL = 'localhost:5001';

interface User extends AsyncDisposable {
  readonly home: string;
  readonly logins: string;
  readonly state: ReturnType<typeof openState>;
  readonly ask: (
    action: string,
    input?: string,
  ) => { readonly status: number | null; readonly stdout: string; readonly stderr: string };
}

async function makeUser(): Promise<User> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-helper-'));
  const home = folder.path;
  const state = openState({ platform: 'linux', home, env: {} });
  await state.records.save(RECORD);
  await state.credentials.save(RECORD.name, SECRET);
  return {
    home,
    logins: join(home, '.local/state/devreg/helper-logins.json'),
    state,
    ask(action, input = '') {
      const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, action], {
        input,
        encoding: 'utf8',
        env: { HOME: home },
      });
      return { status, stdout, stderr };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const login = (server: string, user: string, secret: string) =>
  JSON.stringify({ ServerURL: server, Username: user, Secret: secret });

const held = (server: string, user: string, secret: string) => ({
  status: 0,
  stdout: `${login(server, user, secret)}\n`,
  stderr: '',
});
const NOT_FOUND = { status: 1, stdout: 'credentials not found in native keychain\n', stderr: '' };
const DONE = { status: 0, stdout: '', stderr: '' };

describe('every name of a registry', () => {
  it.each([LOCAL, 'registry.localtest.me:8443', 'https://Registry.localtest.me:8443/v2/', 'http://localhost:5001'])(
    '%s is answered for',
    async (server) => {
      await using user = await makeUser();
      expect(user.ask('get', `${server}\n`)).toEqual(held(server, 'giteaAdmin', SECRET.password));
    },
  );

  it('of a cluster: aliases and the host of paths, too', async () => {
    await using user = await makeUser();
    await user.state.records.save({
      ...CLUSTER_RECORD,
      settings: { ...CLUSTER_RECORD.settings, port: 443, registryPort: 5002 },
    });
    await user.state.credentials.save(CLUSTER_RECORD.name, SECRET);
    expect(Object.keys(JSON.parse(user.ask('list').stdout))).toEqual([
      'registry.localtest.me:443',
      'registry.localtest.me',
      'images.localtest.me:443',
      'images.localtest.me',
      'localtest.me:443',
      'localtest.me',
      'localhost:5002',
      'registry.localtest.me:8443',
      LOCAL,
    ]);
  });
});

it.each(['ghcr.io', 'localhost:5002', 'localhost', '__proto__'])('knows nothing of %s', async (server) => {
  await using user = await makeUser();
  expect(user.ask('get', server)).toEqual(NOT_FOUND);
});

it('knows nothing where nothing is, or credentials are gone', async () => {
  await using user = await makeUser();
  await user.state.credentials.remove(RECORD.name);
  expect(user.ask('get', LOCAL)).toEqual(NOT_FOUND);
  expect(user.ask('list')).toEqual({ ...DONE, stdout: '{}\n' });
  await user.state.records.remove(RECORD.name);
  expect(user.ask('get', LOCAL)).toEqual(NOT_FOUND);
});

it('keeps somebody else, for their owner alone, until the administrator comes back', async () => {
  await using user = await makeUser();
  expect(user.ask('store', login(LOCAL, 'alice', 'hers'))).toEqual(DONE);
  expect(user.ask('get', LOCAL)).toEqual(held(LOCAL, 'alice', 'hers'));
  expect((await stat(user.logins)).mode & 0o777).toBe(0o600);
  expect(user.ask('get', 'registry.localtest.me:8443').stdout).toContain('giteaAdmin');
  expect(user.ask('store', login(LOCAL, 'GITEAADMIN', SECRET.token))).toEqual(DONE);
  expect(user.ask('get', LOCAL)).toEqual(held(LOCAL, 'giteaAdmin', SECRET.password));
  await expect(readFile(user.logins)).rejects.toThrow('ENOENT');
});

it('is logged out by erase, until somebody logs in', async () => {
  await using user = await makeUser();
  for (const _ of ['first', 'again']) expect(user.ask('erase', LOCAL)).toEqual(DONE);
  expect(user.ask('get', LOCAL)).toEqual(NOT_FOUND);
  expect(JSON.parse(user.ask('list').stdout)).toEqual({ 'registry.localtest.me:8443': 'giteaAdmin' });
  expect(user.ask('store', login(LOCAL, 'giteaAdmin', SECRET.password))).toEqual(DONE);
  expect(user.ask('get', LOCAL)).toMatchObject({ status: 0 });
});

it('is no store for others', async () => {
  await using user = await makeUser();
  expect(user.ask('store', login('ghcr.io', 'u', 's'))).toEqual({
    ...DONE,
    status: 1,
    stdout: 'ghcr.io is not a registry of devreg\n',
  });
  expect(user.ask('erase', 'ghcr.io')).toEqual(DONE);
});

it('says on standard output what is damaged', async () => {
  await using user = await makeUser();
  await writeFile(user.logins, '{"localhost:5001":1}');
  expect(user.ask('get', LOCAL)).toEqual({
    ...DONE,
    status: 1,
    stdout: `${user.logins} is not what devreg wrote there.\n`,
  });
  await mkdir(join(user.home, '.local/state/devreg/registries/b'), { recursive: true });
  await writeFile(join(user.home, '.local/state/devreg/registries/b/record.json'), 'x');
  expect(user.ask('get', LOCAL)).toMatchObject({ status: 1, stderr: '' });
});
