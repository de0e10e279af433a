/** `devreg login`, `logout` and `rotate` against a registry that runs, with clients that are scripts. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { basic, pushImage } from './support/image.ts';
import { ENV, type World, makeWorld } from './support/world.ts';

let world: World;
let localhost: string;
let named: string;

/** A client that writes what it was told into docker's file, in docker's form. */
const DOCKER = `#!${process.execPath}
const fs = require('node:fs');
const [action, ...args] = process.argv.slice(2);
const file = process.env.HOME_OF_TEST + '/.docker/config.json';
const config = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
const user = args[args.indexOf('--username') + 1];
const auth = Buffer.from(user + ':' + fs.readFileSync(0, 'utf8')).toString('base64');
config.auths = { ...config.auths, [args.at(-1)]: { auth } };
fs.mkdirSync(process.env.HOME_OF_TEST + '/.docker', { recursive: true });
fs.writeFileSync(file, JSON.stringify(config));
`;

beforeAll(async () => {
  world = await makeWorld();
  const bin = join(world.home, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'docker'), DOCKER);
  await chmod(join(bin, 'docker'), 0o755);
  const { stdout } = await world.succeed(['create', '--port', '0', '--registry-port', '0', '-o', 'json']);
  [named = '', localhost = ''] = JSON.parse(stdout).names;
});

afterAll(() => world?.[Symbol.asyncDispose]());

const env = (more: Readonly<Record<string, string>> = {}) => ({
  ...ENV,
  PATH: join(world.home, 'bin'),
  HOME_OF_TEST: world.home,
  ...more,
});
const run = (argv: readonly string[], more: Parameters<World['run']>[1] = {}) =>
  world.run(argv, { env: env(), ...more });
const secret = async (what: 'password' | 'token') =>
  (await world.succeed(['get', 'secrets', '-o', what])).stdout.trimEnd();
const dockerFile = () => join(world.home, '.docker/config.json');
const logins = async () => {
  const { auths = {} } = JSON.parse(await readFile(dockerFile(), 'utf8'));
  return Object.fromEntries(
    Object.entries<{ auth: string }>(auths).map(([name, { auth }]) => [name, Buffer.from(auth, 'base64').toString()]),
  );
};

describe('login', () => {
  it('logs in to every name, and says so in Docker’s words', async () => {
    const { stdout, exitCode } = await run(['login']);
    expect({ stdout, exitCode }).toEqual({
      stdout: `docker  ${named}: Login Succeeded\ndocker  ${localhost}: Login Succeeded\n`,
      exitCode: 0,
    });
    const expected = `giteaAdmin:${await secret('password')}`;
    expect(await logins()).toEqual({ [named]: expected, [localhost]: expected });
  });

  it('leaves out names that do not lead here, unless one is asked for', async () => {
    const resolvesHere = async (host: string) => host === 'localhost';
    const { stdout, stderr } = await run(['login'], { resolvesHere });
    expect(stdout).toBe(`docker  ${localhost}: Login Succeeded\n`);
    expect(stderr).toContain(`Left out ${named}, which does not lead to this machine.`);
    const asked = await run(['login', `https://${named}/gitea`], { resolvesHere });
    expect(asked.stdout).toBe(`docker  ${named}: Login Succeeded\n`);
  });

  it('takes an access token for the password', async () => {
    const token = await secret('token');
    await run(['login', '--password-stdin', '--registry', localhost], { input: `${token}\n` });
    expect(await logins()).toMatchObject({ [localhost]: `giteaAdmin:${token}` });
  });

  it.each([
    [['ghcr.io'], 3, 'REGISTRY_NOT_FOUND', ''],
    [['localhost:1', '--registry', 'localhost:1'], 2, 'OPTIONS_CLASH', ''],
    [['--registry', 'ghcr.io'], 3, 'docker login or podman login', ''],
    [['--name', 'other'], 3, 'REGISTRY_NOT_FOUND', ''],
    [['--password-stdin'], 4, 'LOGIN_REFUSED', 'wrong'],
    [['--username', 'alice', '--password-stdin'], 4, 'LOGIN_REFUSED', 'wrong'],
    [['--username', 'alice'], 2, 'OPTIONS_CLASH', ''],
    [['--client', 'podman'], 6, 'CLIENT_ABSENT', ''],
    [['--client', 'wget'], 2, 'CONFIG_INVALID', ''],
    [['--helper'], 6, 'HELPER_ABSENT', ''],
  ])('%j ends with %i', async (flags, exitCode, code, input) => {
    const before = await readFile(dockerFile(), 'utf8');
    const result = await run(['login', ...flags], { input });
    expect(result).toMatchObject({ stdout: '', exitCode });
    expect(result.stderr).toContain(code);
    expect(await readFile(dockerFile(), 'utf8')).toBe(before);
  });

  it('shows what it would run, without the password, and runs nothing', async () => {
    const { stdout } = await run(['login', '--print', '--client', 'docker,regctl', '--registry', localhost], {
      env: ENV,
    });
    expect(stdout).toContain(
      ` get secrets -p registry -o password --name devreg | docker login --username giteaAdmin --password-stdin ${localhost}\n`,
    );
    expect(stdout).toContain(
      `regctl registry set --skip-check --cacert "$(cat ${world.home}/.local/share/devreg/ca/ca.crt)" ${localhost}\n`,
    );
    expect(stdout).not.toContain(await secret('password'));
    const helper = await run(['login', '--print', '--helper', '--registry', localhost]);
    expect(helper.stdout).toContain(`# ${dockerFile()}\n{\n  "credHelpers": {\n    "${localhost}": "devreg"\n`);
  });
});

it('logout takes every login out, and says when there was none', async () => {
  await run(['login']);
  expect((await run(['logout', '--client', 'podman'])).stdout).toBe('');
  const { stdout } = await run(['logout', '--client', 'crane']);
  expect(stdout).toBe(`docker  ${named}: Removed login credentials\ndocker  ${localhost}: Removed login credentials\n`);
  expect(await logins()).toEqual({});
  const again = await run(['logout']);
  expect(again).toMatchObject({ stdout: '', exitCode: 0 });
  expect(again.stderr).toContain(`No client was logged in to ${named}, ${localhost}.`);
});

describe('the helper', () => {
  const helped = () => run(['login', '--helper']);

  beforeAll(async () => {
    const helper = join(world.home, 'bin/docker-credential-devreg');
    await writeFile(helper, '#!/bin/sh\n');
    await chmod(helper, 0o755);
  });

  it('stands in docker’s file in the place of the password', async () => {
    await run(['login']);
    const { stdout, exitCode } = await helped();
    expect({ stdout, exitCode }).toEqual({
      stdout: `docker  ${named}: Login Succeeded\ndocker  ${localhost}: Login Succeeded\n`,
      exitCode: 0,
    });
    expect(JSON.parse(await readFile(dockerFile(), 'utf8'))).toEqual({
      credHelpers: { [named]: 'devreg', [localhost]: 'devreg' },
    });
    await run(['logout']);
    expect(JSON.parse(await readFile(dockerFile(), 'utf8'))).toEqual({});
  });

  it('forgets who was logged out, and whom it was told', async () => {
    const told = join(world.home, '.local/state/devreg/helper-logins.json');
    await writeFile(told, JSON.stringify({ [named]: null, [localhost]: { user: 'alice', secret: 'hers' } }));
    await helped();
    await expect(readFile(told)).rejects.toThrow('ENOENT');
  });
});

it('rotate draws both anew, and logs in again who was logged in as the administrator', async () => {
  await run(['logout', named]);
  await run(['logout']);
  await run(['login', localhost]);
  const config = JSON.parse(await readFile(dockerFile(), 'utf8'));
  config.auths[named] = { auth: Buffer.from('alice:hers').toString('base64') };
  await writeFile(dockerFile(), JSON.stringify(config));
  const before = { password: await secret('password'), token: await secret('token') };
  const { stdout, exitCode } = await run(['rotate']);
  expect({ stdout, exitCode }).toEqual({
    stdout: `giteaAdmin has a new password and a new token.\ndocker  ${localhost}: Login Succeeded\n`,
    exitCode: 0,
  });
  const password = await secret('password');
  expect(password).not.toBe(before.password);
  expect(await secret('token')).not.toBe(before.token);
  expect(await logins()).toEqual({ [localhost]: `giteaAdmin:${password}`, [named]: 'alice:hers' });
  const push = (as: string) => pushImage({ url: `http://${localhost}`, authorization: basic('giteaAdmin', as) }, 'a/b');
  expect([await push(before.password), await push(before.token), await push(password)]).toEqual([401, 401, 201]);
});

it('rotate says who still has the old password', async () => {
  await run(['login', '--registry', localhost]);
  const { stderr, exitCode } = await run(['rotate'], { env: ENV });
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    `docker still has the old password for ${localhost}, and is not on the PATH. Run devreg login.`,
  );
  expect((await run(['rotate', '--name', 'other'])).exitCode).toBe(3);
});

it('delete leaves no login of the administrator, and those of others', async () => {
  await run(['login', '--registry', localhost]);
  const told = join(world.home, '.local/state/devreg/helper-logins.json');
  await writeFile(told, JSON.stringify({ [localhost]: null, 'other:1': null }));
  await run(['delete']);
  expect(await logins()).toEqual({ [named]: 'alice:hers' });
  expect(JSON.parse(await readFile(told, 'utf8'))).toEqual({ 'other:1': null });
  expect((await run(['login'])).exitCode).toBe(3);
  expect((await run(['logout'])).exitCode).toBe(3);
});
