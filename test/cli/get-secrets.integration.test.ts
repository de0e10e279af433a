/** `get secrets`, in every form (S0-05 to S0-07, C-03). */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openState } from '../../src/workflows/open-state.ts';
import { CLUSTER_RECORD, RECORD } from '../state/sample-record.ts';
import { type World, makeWorld } from './support/world.ts';

const SECRET = { password: 'p'.repeat(32), token: 'the-token' };

/** A registry that is remembered; secrets need none that runs. */
async function makeWorldWith(...names: string[]): Promise<World> {
  const world = await makeWorld({ withAuthority: false });
  const { records, credentials } = openState({ platform: 'linux', home: world.home, env: {} });
  for (const name of names) {
    await records.save({ ...RECORD, name, trusted: [], madeFolder: undefined });
    await credentials.save(name, SECRET);
  }
  return world;
}

const get = (world: World, ...more: string[]) => world.run(['get', 'secrets', ...more]);

describe('what scripts read', () => {
  it.each([
    [['-p', 'registry', '-o', 'password'], `${SECRET.password}\n`],
    [['-o', 'token'], 'the-token\n'],
    [['-o', 'name'], 'secret/registry-credential\n'],
    [['-o', 'jsonpath={[0].data.password}'], SECRET.password],
    [['-o', 'jsonpath={.[0].username}:{.[0].token}{"\\n"}'], 'giteaAdmin:the-token\n'],
    [['-p', 'argocd', '-o', 'json'], '[]\n'],
    [['-p', 'argocd', '-o', 'yaml'], '[]\n'],
  ])('%j', async (flags, stdout) => {
    await using world = await makeWorldWith('devreg');
    expect(await get(world, ...flags)).toEqual({ stdout, stderr: '', exitCode: 0 });
  });

  it.each([[['-p', 'gitea']], [['-p', 'argocd,registry']], [['-p', 'argocd', '-p', ' registry']], [[]]])(
    '%j finds it',
    async (flags) => {
      await using world = await makeWorldWith('devreg');
      expect(JSON.parse((await get(world, ...flags, '-o', 'json')).stdout)).toMatchObject([
        { IsCore: true, password: SECRET.password, data: { password: SECRET.password } },
      ]);
    },
  );
});

describe('without such a secret', () => {
  it('says so to people, and what to do next', async () => {
    await using world = await makeWorldWith('devreg');
    for (const more of [[], ['-o', 'wide']]) {
      const stderr = 'There is no such secret. devreg get secrets shows all there are.\n';
      expect(await get(world, '-p', 'argocd', ...more)).toEqual({ stdout: '', stderr, exitCode: 0 });
    }
    expect((await get(world, '-p', 'argocd', '-o', 'password')).stderr).toContain('shows all there are');
  });

  it('says where to get another password when that is gone', async () => {
    await using world = await makeWorldWith('devreg');
    await openState({ platform: 'linux', home: world.home, env: {} }).credentials.remove('devreg');
    const { stdout, stderr, exitCode } = await get(world);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
    expect(stderr).toContain('devreg create --name devreg draws a new one.');
  });
});

describe('without such a registry', () => {
  it.each([
    ['json', '[]\n'],
    ['yaml', '[]\n'],
    ['table', ''],
    ['name', ''],
    ['password', ''],
    ['k8s', ''],
    ['jsonpath={[0].password}', ''],
  ])('-o %s answers %j and fails with 3', async (format, stdout) => {
    await using world = await makeWorldWith('a', 'b');
    const result = await get(world, '-o', format, '--name', 'c');
    expect(result).toMatchObject({ stdout, exitCode: 3 });
    expect(result.stderr).toContain('There is no registry called c.');
    expect(result.stderr).toContain('Choose another with --name: a, b.');
  });
});

describe('what programs take as it is', () => {
  const auth = Buffer.from(`giteaAdmin:${SECRET.password}`).toString('base64');
  const entry = { username: 'giteaAdmin', password: SECRET.password, auth };
  const auths = { 'registry.localtest.me:8443': entry, 'localhost:5001': entry };

  it('-o dockerconfigjson has every name of the registry', async () => {
    await using world = await makeWorldWith('devreg');
    expect((await get(world, '-o', 'dockerconfigjson')).stdout).toBe(`${JSON.stringify({ auths })}\n`);
  });

  it('-o k8s is a pull secret', async () => {
    await using world = await makeWorldWith('devreg');
    const { stdout } = await get(world, '-o', 'k8s');
    expect(parse(stdout)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'devreg-registry', labels: { 'app.kubernetes.io/managed-by': 'devreg' } },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
    });
  });

  it('-o env is for a shell, whatever the password is', async () => {
    await using world = await makeWorldWith('devreg');
    expect((await get(world, '-o', 'env')).stdout).toBe(
      [
        'DEVREG_REGISTRY=registry.localtest.me:8443',
        'DEVREG_USERNAME=giteaAdmin',
        `DEVREG_PASSWORD=${SECRET.password}`,
        'DEVREG_TOKEN=the-token',
        `DEVREG_CA=${world.home}/.local/share/devreg/ca/ca.crt`,
        '',
      ].join('\n'),
    );
    const { credentials } = openState({ platform: 'linux', home: world.home, env: {} });
    await credentials.save('devreg', { ...SECRET, password: `a 'b' "$(c)"` });
    const { stdout } = await get(world, '-o', 'env');
    const said = spawnSync('sh', ['-c', `${stdout}printf %s "$DEVREG_PASSWORD"`], { encoding: 'utf8' });
    expect(said.stdout).toBe(`a 'b' "$(c)"`);
  });

  it('has in a cluster the name of the service, and those of paths', async () => {
    await using world = await makeWorldWith();
    const { records, credentials } = openState({ platform: 'linux', home: world.home, env: {} });
    await records.save(CLUSTER_RECORD);
    await credentials.save(CLUSTER_RECORD.name, SECRET);
    expect(Object.keys(JSON.parse((await get(world, '-o', 'dockerconfigjson')).stdout).auths)).toEqual([
      'registry.localtest.me:8443',
      'images.localtest.me:8443',
      'localtest.me:8443',
      'localhost:5001',
      'registry.devreg.svc.cluster.local:5000',
    ]);
  });
});

it.each(['password', 'token', 'env', 'dockerconfigjson', 'k8s'])(
  '-o %s never gives an empty secret to a program that waits for one',
  async (format) => {
    await using world = await makeWorldWith('devreg');
    const { stdout, stderr, exitCode } = await get(world, '-p', 'argocd', '-o', format);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
    expect(stderr).toBe(
      'error: There is no such secret.\n  devreg get secrets shows all there are.\n  code: SECRET_NOT_FOUND\n',
    );
  },
);

it('is about the registry that DEVREG_NAME says, unless a flag says otherwise', async () => {
  await using world = await makeWorldWith('a', 'b');
  const env = { DEVREG_NAME: 'b' };
  expect((await world.run(['get', 'secrets', '-o', 'name'], { env })).exitCode).toBe(0);
  expect((await world.run(['get', 'secrets', '-o', 'name', '--name', 'c'], { env })).exitCode).toBe(3);
  expect((await world.run(['get', 'secrets', '-o', 'name'])).exitCode).toBe(3);
});
