/** Passwords that `create` is given (S1-05). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { basic, pushImage } from './support/image.ts';
import { type World, makeWorld } from './support/world.ts';

let world: World;

beforeAll(async () => {
  world = await makeWorld();
  await writeFile(join(world.home, 'pw'), 'adminadmin\n');
  await writeFile(join(world.home, 'empty'), '\n');
  await writeFile(join(world.home, 'two'), 'adminadmin\n# the old one\n');
});

afterAll(() => world?.[Symbol.asyncDispose]());

const create = (...flags: readonly string[]) =>
  world.run(['create', '--port', '0', '--registry-port', '0', '-o', 'json', ...flags]);
const secrets = async () => JSON.parse((await world.succeed(['get', 'secrets', '-o', 'json'])).stdout)[0];

async function mayPush(localhost: string, password: string): Promise<boolean> {
  return (await pushImage({ url: `http://${localhost}`, authorization: basic('giteaAdmin', password) }, 'a/b')) === 201;
}

it('is the password of the registry, and another one later, while the token stays', async () => {
  const made = JSON.parse((await create('--password-file', 'pw')).stdout);
  const localhost = made.names[1];
  const { password, token } = await secrets();
  expect({ outcome: made.outcome, password }).toEqual({ outcome: 'created', password: 'adminadmin' });
  expect(await mayPush(localhost, 'adminadmin')).toBe(true);
  expect(JSON.parse((await create('--password-file', 'pw')).stdout).outcome).toBe('kept');
  expect(JSON.parse((await create()).stdout).outcome).toBe('kept');

  expect(JSON.parse((await create('--dev-password')).stdout).outcome).toBe('restarted');
  expect(await secrets()).toMatchObject({ password: 'developer', token });
  expect([await mayPush(localhost, 'adminadmin'), await mayPush(localhost, 'developer')]).toEqual([false, true]);
});

it.each([
  [['--password-file', 'pw', '--dev-password'], 'OPTIONS_CLASH'],
  [['--rotate-password', '--dev-password'], 'OPTIONS_CLASH'],
  [['--password-file', 'none'], 'FILE_MISSING'],
  [['--password-file', 'empty'], 'SECRET_EMPTY'],
  [['--password-file', 'two'], 'SECRET_NOT_ONE_LINE'],
  [['--password-file', '/dev/zero'], 'SECRET_TOO_LONG'],
])('%j ends with %s, and nothing changes', async (flags, code) => {
  const before = await secrets();
  const { stderr, exitCode } = await create(...flags);
  expect({ exitCode, code: JSON.parse(stderr).error.code }).toEqual({ exitCode: 2, code });
  expect(await secrets()).toEqual(before);
});
