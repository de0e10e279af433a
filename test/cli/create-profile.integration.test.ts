/** Registries as others have them, and those of jobs of a CI, without any cluster. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENV, type World, makeWorld } from './support/world.ts';

interface Answer {
  readonly name: string;
  readonly outcome: string;
  readonly names: readonly string[];
  readonly url: string;
  readonly user: string;
}

async function create(
  world: World,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const words = ['create', '--provider', 'process', '-o', 'json', ...argv];
  return JSON.parse((await world.succeed(words, { env: { ...ENV, ...env } })).stdout) as Answer;
}

const passwordOf = async (world: World, name: string) =>
  (await world.succeed(['get', 'secrets', '--name', name, '-o', 'password'])).stdout.trim();

describe('a profile', () => {
  it('S1-02 S1-04 S1-05: is one port in plain HTTP, with the password that everybody knows', async () => {
    await using world = await makeWorld();
    const first = await create(world, ['--profile', 'raibid', '--port', '0']);
    expect(first).toMatchObject({ outcome: 'created', user: 'raibid-admin' });
    const [name = '', ...others] = first.names;
    expect(others).toEqual([]);
    expect(name).toMatch(/^localhost:\d+$/);
    expect(first.url).toBe(`http://${name}`);
    const authorization = `Basic ${btoa('raibid-admin:adminadmin')}`;
    const { status, headers } = await fetch(`http://${name}/v2/`, { headers: { authorization } });
    expect(status).toBe(200);
    expect(headers.get('docker-distribution-api-version')).toBe('registry/2.0');
    expect(await create(world, ['--profile', 'raibid', '--port', '0'])).toEqual({ ...first, outcome: 'kept' });
    expect(await create(world, [], { DEVREG_PROFILE: 'raibid' })).toEqual({ ...first, outcome: 'kept' });
  });

  it('brings its password once: another one that was drawn since stays', async () => {
    await using world = await makeWorld();
    await create(world, ['--profile', 'raibid', '--port', '0']);
    expect(await passwordOf(world, 'devreg')).toBe('adminadmin');
    await create(world, ['--profile', 'raibid', '--rotate-password']);
    const drawn = await passwordOf(world, 'devreg');
    expect(drawn).not.toBe('adminadmin');
    await create(world, ['--profile', 'raibid']);
    expect(await passwordOf(world, 'devreg')).toBe(drawn);
    await create(world, ['--name', 'other', '--profile', 'raibid', '--port', '0', '--dev-password']);
    expect(await passwordOf(world, 'other')).toBe('developer');
  });

  it('idpbuilder has its host, by its domain, too', async () => {
    await using world = await makeWorld();
    const ports = ['--port', '0', '--registry-port', '0'];
    const { names, user } = await create(world, ['--profile', 'idpbuilder', '--host', 'dev.localtest.me', ...ports]);
    expect(names[0]).toMatch(/^gitea\.dev\.localtest\.me:\d+$/);
    expect(user).toBe('giteaAdmin');
  });
});

describe('a job of a CI (C-04)', () => {
  it('has a name and ports of its own, each time', async () => {
    await using world = await makeWorld();
    const [one, other] = [await create(world, ['--ci']), await create(world, ['--ci'])];
    expect(one.name).toMatch(/^ci-[0-9a-f]{8}$/);
    expect(other.name).not.toBe(one.name);
    expect(new Set([...one.names, ...other.names]).size).toBe(4);
    const again = await create(world, ['--ci', '--name', one.name]);
    expect(again).toMatchObject({ name: one.name, names: one.names, outcome: 'kept' });
    await create(world, ['--name', 'mine', '--port', '0', '--registry-port', '0']);
    await world.succeed(['delete', '--all', '--prefix', 'ci-', '--volumes', '--yes']);
    const left = (await world.succeed(['status', '-o', 'name'])).stdout;
    expect(left).toBe('registry/mine\n');
    expect((await world.run(['delete', '--prefix', 'ci-'])).exitCode).toBe(2);
  });

  it('tells later steps of GitHub what they need, and hides what is secret', async () => {
    await using world = await makeWorld();
    const files = { GITHUB_OUTPUT: join(world.home, 'output'), GITHUB_ENV: join(world.home, 'env') };
    const env = { ...ENV, ...files, GITHUB_ACTIONS: 'true' };
    const argv = ['create', '--provider', 'process', '--ci', '-o', 'json'];
    const { stdout, stderr } = await world.succeed(argv, { env });
    const { name, names } = JSON.parse(stdout) as Answer;
    const password = await passwordOf(world, name);
    const [host, port] = names[0]?.split(':') ?? [];
    expect(stderr).toContain(`::add-mask::${password}\n`);
    const output = Object.fromEntries(
      (await readFile(files.GITHUB_OUTPUT, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s).slice(0, 2)),
    ) as Record<string, string>;
    expect(output).toEqual({
      name,
      registry: names[0],
      host,
      port,
      url: `https://${names[0]}`,
      user: 'giteaAdmin',
      ca: join(world.home, '.local/share/devreg/ca/ca.crt'),
      context: '',
    });
    expect(await readFile(files.GITHUB_ENV, 'utf8')).toBe(`DEVREG_NAME=${name}\n`);
    await world.succeed(['create', '--provider', 'process', '--name', name, '--output-password'], { env });
    expect(await readFile(files.GITHUB_OUTPUT, 'utf8')).toContain(`\npassword=${password}\n`);
  });

  it('elsewhere shows no secret, and asks nobody', async () => {
    await using world = await makeWorld();
    const { stderr } = await world.succeed(['create', '--provider', 'process', '--ci'], {
      env: { ...ENV, CI: 'true' },
      isTerminal: true,
    });
    expect(stderr).not.toContain('::add-mask::');
    // A line once more, without anything that turns or is overwritten.
    expect(stderr).not.toContain('\r');
    expect(stderr).not.toContain('\u001b[?25l');
  });
});

it('--no-exit stays until interrupted, and that is its end', async () => {
  await using world = await makeWorld();
  const controller = new AbortController();
  const onStderr = (text: string) => {
    if (text.includes('Staying until interrupted')) controller.abort(new Error('interrupted'));
  };
  const argv = ['create', '--provider', 'process', '--port', '0', '--registry-port', '0', '--no-exit'];
  expect((await world.run(argv, { signal: controller.signal, onStderr })).exitCode).toBe(0);
  const { stdout } = await world.succeed(['status', '-o', 'jsonpath={[0].state}']);
  expect(stdout.trim()).toBe('running');
});

it('--build-name is --name, as idpbuilder had it once', async () => {
  await using world = await makeWorld();
  const argv = ['create', '--provider', 'process', '--port', '0', '--registry-port', '0', '--build-name', 'old'];
  const { stderr } = await world.succeed(argv);
  expect(stderr).toContain('--build-name is deprecated');
  expect((await world.succeed(['status', '-o', 'name'])).stdout).toBe('registry/old\n');
  expect((await world.run(['create', '--build-name', 'a', '--name', 'b'])).stderr).toContain('OPTIONS_CLASH');
});
