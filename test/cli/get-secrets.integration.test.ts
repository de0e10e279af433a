/** `get secrets`, in every form (S0-05 to S0-07, C-03). */
import { describe, expect, it } from 'vitest';
import { openState } from '../../src/workflows/open-state.ts';
import { RECORD } from '../state/sample-record.ts';
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
    [['-o', 'name'], 'secret/registry-credential\n'],
    [['-o', 'jsonpath={[0].data.password}'], SECRET.password],
    [['-o', 'jsonpath={.[0].username}:{.[0].token}{"\\n"}'], 'giteaAdmin:the-token\n'],
    [['-p', 'argocd', '-o', 'json'], '[]\n'],
    [['-p', 'argocd', '-o', 'yaml'], '[]\n'],
    [['-p', 'argocd'], ''],
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

describe('without such a registry', () => {
  it.each([
    ['json', '[]\n'],
    ['yaml', '[]\n'],
    ['table', ''],
    ['name', ''],
    ['password', ''],
    ['jsonpath={[0].password}', ''],
  ])('-o %s answers %j and fails with 3', async (format, stdout) => {
    await using world = await makeWorldWith('a', 'b');
    const result = await get(world, '-o', format, '--name', 'c');
    expect(result).toMatchObject({ stdout, exitCode: 3 });
    expect(result.stderr).toContain('There is no registry called c.');
    expect(result.stderr).toContain('Choose another with --name: a, b.');
  });
});

it('never gives an empty password to a program that waits for one', async () => {
  await using world = await makeWorldWith('devreg');
  const { stdout, stderr, exitCode } = await get(world, '-p', 'argocd', '-o', 'password');
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 3 });
  expect(stderr).toBe('error: There is no such secret.\n  code: SECRET_NOT_FOUND\n');
});

it('is about the registry that DEVREG_NAME says, unless a flag says otherwise', async () => {
  await using world = await makeWorldWith('a', 'b');
  const env = { DEVREG_NAME: 'b' };
  expect((await world.run(['get', 'secrets', '-o', 'name'], { env })).exitCode).toBe(0);
  expect((await world.run(['get', 'secrets', '-o', 'name', '--name', 'c'], { env })).exitCode).toBe(3);
  expect((await world.run(['get', 'secrets', '-o', 'name'])).exitCode).toBe(3);
});
