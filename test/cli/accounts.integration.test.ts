/** Users, tokens, permissions and policies by the command line, against a registry that runs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basicOf, newPassword } from '../support/accounts.ts';
import { ANY_PORTS, type Answer, create, secretOf, urlOf } from './support/registry.ts';
import { type World, makeWorld } from './support/world.ts';

let world: World;
let answer: Answer;
beforeAll(async () => {
  world = await makeWorld();
  answer = await create(world, '--provider', 'process', ...ANY_PORTS);
});
afterAll(() => world[Symbol.asyncDispose]());

const run = (line: string, input = '') => world.run(line.split(' '), { input });
const pushStatus = async (authorization: string, name = 'team/app') =>
  (await fetch(`${urlOf(answer)}/v2/${name}/blobs/uploads/`, { method: 'POST', headers: { authorization } })).status;

describe('users', () => {
  it('get a drawn password, alone on standard output', async () => {
    const { stdout, stderr, exitCode } = await run('user add alice');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^[A-Za-z0-9]{32}\n$/);
    expect(stderr).toBe('Added the user alice. The password is shown this once:\n');
    expect(await pushStatus(basicOf('alice', stdout.trim()))).toBe(403);
    const again = await run('user add Alice');
    expect(again).toMatchObject({ stdout: '', exitCode: 5 });
    expect(again.stderr).toContain('code: USER_EXISTS');
    expect((await run('user rm alice')).stdout).toBe('Removed the user alice.\n');
    expect((await run('user rm alice')).exitCode).toBe(3);
  });

  it('get the password of standard input, and change it themselves', async () => {
    const [first, second] = [newPassword(), newPassword()];
    expect(await run('user add bob --password-stdin', `${first}\n`)).toEqual({
      stdout: 'Added the user bob.\n',
      stderr: '',
      exitCode: 0,
    });
    const change = () => run('user passwd bob --user bob --password-stdin', `${first}\n${second}\n`);
    expect((await change()).stdout).toBe('Changed the password of bob.\n');
    expect(await change()).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('LOGIN_REFUSED') });
    expect(await pushStatus(basicOf('bob', second))).toBe(403);
    const asBob = await run('user list --user bob --password-stdin', second);
    expect(asBob).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('Access denied: bob is no administrator'),
    });
    await run('user rm bob');
  });

  it('are listed in every form', async () => {
    expect((await run('user list')).stdout).toBe('NAME         ROLE\ngiteaAdmin   administrator\n');
    expect((await run('user ls -o name')).stdout).toBe('user/giteaAdmin\n');
    expect(JSON.parse((await run('user list -o json')).stdout)).toEqual([{ name: 'giteaAdmin', admin: true }]);
    expect((await run('user list -o yaml')).stdout).toBe('- name: giteaAdmin\n  admin: true\n');
    const added = JSON.parse((await run('user add carol --admin -o json')).stdout) as { password: string };
    expect(added).toEqual({ name: 'carol', admin: true, password: expect.any(String) });
    const elsewhere = `user list -o name --registry https://${answer.names[1]} --user carol --password-stdin`;
    expect((await run(elsewhere, added.password)).stdout).toBe('user/carol\nuser/giteaAdmin\n');
    expect((await run('user rm carol -o name')).stdout).toBe('user/carol\n');
  });

  it('whose password devreg keeps are left to it', async () => {
    for (const line of ['user passwd GITEAadmin', 'user rm giteaAdmin'])
      expect(await run(line)).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('ADMINISTRATOR_KEPT') });
  });
});

describe('tokens, permissions and policies', () => {
  it('act at once', async () => {
    const password = (await run('user add dora')).stdout.trim();
    expect((await run('permission grant dora team/** pull,push')).stdout).toBe('dora may pull, push in team/**.\n');
    const token = await run('token create ci --for dora --scope repository:team/app:pull,push --expires 90d');
    expect(token.stdout).toMatch(/^devreg_[0-9a-f]{60}\n$/);
    const [whole, narrow] = [basicOf('dora', password), basicOf('dora', token.stdout.trim())];
    expect([await pushStatus(whole), await pushStatus(narrow)]).toEqual([202, 202]);
    expect([await pushStatus(whole, 'team/b'), await pushStatus(narrow, 'team/b')]).toEqual([202, 403]);
    const [listed] = JSON.parse((await run('token list --for dora -o json')).stdout) as Record<string, unknown>[];
    expect(listed).toMatchObject({ name: 'ci', user: 'dora', scopes: ['repository:team/app:pull,push'] });
    expect((await run('token list --all -o name')).stdout).toBe('token/ci\ntoken/devreg\n');
    expect((await run('permission revoke dora team/** push')).stdout).toBe('Took push from dora in team/**.\n');
    expect([await pushStatus(whole), await pushStatus(narrow)]).toEqual([403, 403]);
    expect((await run('token revoke ci --for dora')).stdout).toBe('Revoked the token ci.\n');
    expect([await pushStatus(whole), await pushStatus(narrow)]).toEqual([403, 401]);
    expect((await run('permission list')).stdout).toBe(
      'GRANTEE     REPOSITORIES   ACTIONS\nanonymous   **             pull\ndora        team/**        pull\n',
    );
    expect((await run('permission list --for DORA -o name')).stdout).toBe('permission/dora:team/**\n');
    expect((await run('policy add require-owner')).exitCode).toBe(0);
    expect((await run('policy add immutable-tags team/** --tags v* -o name')).stdout).toBe(
      'policy/immutable-tags:team/**:v*\n',
    );
    expect(await pushStatus(whole, 'dora/app')).toBe(202);
    expect((await run('policy list')).stdout).toContain('immutable-tags   team/**        v*\n');
    expect((await run('policy rm require-owner')).exitCode).toBe(0);
    expect((await run('policy rm immutable-tags team/** --tags v*')).exitCode).toBe(0);
    expect(await pushStatus(whole, 'dora/app')).toBe(403);
    await run('user rm dora');
  });

  it.each([
    ['token list --for erin', 'No access tokens. Make one with devreg token create NAME.'],
    ['permission list --for erin', 'No permissions. devreg permission grant --help says how to give some.'],
    ['policy list', 'No policies. devreg policy add --help says which there can be.'],
  ])('%s says when there are none', async (words, stderr) => {
    await run('user add erin');
    expect(await run(words)).toEqual({ stdout: '', stderr: `${stderr}\n`, exitCode: 0 });
    expect(await run(`${words} -o json`)).toEqual({ stdout: '[]\n', stderr: '', exitCode: 0 });
    await run('user rm erin');
  });

  it.each([
    ['token revoke none', 3, 'TOKEN_NOT_FOUND'],
    ['token list --for nobody', 3, 'USER_NOT_FOUND'],
    ['token create x --scope fly', 2, 'VALUE_REFUSED'],
    ['token create x --expires soon', 2, 'CONFIG_INVALID'],
    ['token create devreg', 5, 'TOKEN_EXISTS'],
    ['token list --all --for x', 2, 'OPTIONS_CLASH'],
    ['permission grant nobody team/** pull', 3, 'USER_NOT_FOUND'],
    ['permission grant anonymous team/** fly', 2, 'VALUE_REFUSED'],
    ['permission revoke anonymous team/**', 3, 'PERMISSION_NOT_FOUND'],
    ['policy rm require-owner', 3, 'POLICY_NOT_FOUND'],
    ['policy add fly', 2, 'VALUE_REFUSED'],
    ['user list --user somebody', 2, 'OPTION_MISSING'],
    ['user list --registry https://localhost:1', 2, 'OPTION_MISSING'],
    ['user list --registry http://registry.example --user x --password-stdin', 2, 'ADDRESS_REFUSED'],
    ['user list --registry https://localhost:1 --name x --user x --password-stdin', 2, 'OPTIONS_CLASH'],
    ['user list --registry https://127.0.0.1:1 --user x --password-stdin', 1, 'REGISTRY_UNREACHABLE'],
    ['user list --name absent', 3, 'REGISTRY_NOT_FOUND'],
    ['user list -o xml', 2, 'OUTPUT_UNKNOWN'],
  ])('%s fails with %i and %s', async (line, exitCode, code) => {
    const result = await run(line, 'one-password\n');
    expect(result).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(`code: ${code}`) });
  });

  it('are managed with the password, not with the token', async () => {
    const { username, token } = await secretOf(world);
    const result = await run(`user list --user ${username} --password-stdin`, token);
    expect(result).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('with the password, not with a token'),
    });
  });
});
