/** What `create` does about others, about ^C, and about being in the way of itself. */
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { kill, pid } from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DevregError } from '../../src/errors.ts';
import { processesWith, startProgram } from './support/processes.ts';
import { ANY_PORTS, create, secretOf, urlOf } from './support/registry.ts';
import { treeOf } from './support/tree.ts';
import { type World, makeWorld, normalise } from './support/world.ts';

/** Takes a port until the test is over, as soon as it is free. */
async function takePort(wanted = 0): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await expect
    .poll(() => once(server.listen(wanted, '127.0.0.1'), 'listening').then(() => 'taken'), { timeout: 10_000 })
    .toBe('taken');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** All there is of registries: what remains for good is the authority, and empty folders and locks. */
async function remainsOf(world: World): Promise<string[]> {
  const names = Object.keys(await treeOf(world.home));
  return names.filter(
    (name) =>
      !/^\.local(?:\/share(?:\/devreg(?:\/ca.*)?)?|\/state(?:\/devreg(?:\/locks.*|\/registries)?)?)?$/.test(name),
  );
}

describe('a port that is taken', () => {
  it('names who has it, and nothing is left', async () => {
    await using world = await makeWorld();
    const port = await takePort();
    const { exitCode, stdout, stderr } = await world.run(['create', '--port', '0', '--registry-port', String(port)]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toContain(`error: Port ${port} is in use by process ${pid} (`);
    expect(stderr).toContain(
      'Choose another port with devreg create --registry-port, or 0 to have one chosen; or end that program.',
    );
    expect(stderr).toContain('code: PORT_IN_USE');
    expect(await remainsOf(world)).toEqual([]);
    expect(await processesWith(world.home)).toEqual([]);
  });

  it('names the other registry that has it', async () => {
    await using world = await makeWorld();
    const { names } = await create(world, ...ANY_PORTS);
    const port = names[0].split(':')[1] ?? '';
    const { exitCode, stderr } = await world.run([
      'create',
      '--name',
      'second',
      '--port',
      port,
      '--registry-port',
      '0',
      '-o',
      'json',
    ]);
    expect(exitCode).toBe(5);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'PORT_IN_USE',
        message: `Port ${port} is in use by the registry devreg.`,
        hint: 'Choose another port with devreg create --port, or 0 to have one chosen; or delete that registry (devreg delete --name devreg).',
        exitCode: 5,
      },
    });
  });

  it('leaves a registry that runs as it was', async () => {
    await using world = await makeWorld();
    const first = await create(world, ...ANY_PORTS);
    const secret = await secretOf(world);
    const port = await takePort();
    const { exitCode, stderr } = await world.run(['create', '--port', String(port), '--rotate-password']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('The registry runs again as it did before.');
    expect(await create(world)).toEqual({ ...first, outcome: 'kept', pid: expect.any(Number) });
    expect(await secretOf(world)).toEqual(secret);
    expect((await fetch(`${urlOf(first)}/v2/_catalog`)).status).toBe(200);
  });

  it('is given up for another where any will do', async () => {
    await using world = await makeWorld();
    const first = await create(world, ...ANY_PORTS);
    kill(first.pid, 'SIGKILL');
    const [, port] = first.names[0].split(':');
    await takePort(Number(port));
    expect((await world.run(['create'])).exitCode).toBe(5);
    const second = await create(world, '--port', '0');
    expect(second.outcome).toBe('started');
    expect(second.names[0]).not.toBe(first.names[0]);
    expect(second.names[1]).toBe(first.names[1]);
  });
});

it('runs registries side by side, even when they are made at once', async () => {
  await using world = await makeWorld();
  const [one, two] = await Promise.all([
    create(world, '--name', 'one', ...ANY_PORTS),
    create(world, '--name', 'two', ...ANY_PORTS),
  ]);
  expect(new Set([...one.names, ...two.names]).size).toBe(4);
  expect((await secretOf(world, '--name', 'one')).password).not.toBe((await secretOf(world, '--name', 'two')).password);
  const { stdout } = await world.succeed(['status', '-o', 'name']);
  expect(stdout).toBe('registry/one\nregistry/two\n');
  expect((await world.run(['get', 'secrets', '-o', 'json'])).stdout).toBe('[]\n');
  await world.succeed(['delete', '--name', 'one']);
  expect((await fetch(`${urlOf(two)}/v2/_catalog`)).status).toBe(200);
  expect((await world.succeed(['create', '--name', 'two'])).stdout).toContain('The registry two runs already.');
});

it('makes one registry when two want the same one at once', async () => {
  await using world = await makeWorld();
  const answers = await Promise.all([create(world, ...ANY_PORTS), create(world, ...ANY_PORTS)]);
  expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['created', 'kept']);
  expect(answers[0].pid).toBe(answers[1].pid);
});

it('refuses a data folder that a process of somebody else works on, and names it', async () => {
  await using world = await makeWorld();
  const folder = join(world.home, 'images');
  await mkdir(folder);
  await using server = startProgram(
    ['registry', 'serve', '--data-dir', folder, '--listen', '127.0.0.1:0', '--tls', 'off'],
    world.home,
  );
  await server.waitFor('"listening"');
  const { exitCode, stderr } = await world.run(['create', '--data-dir', folder, ...ANY_PORTS]);
  expect(exitCode).toBe(5);
  expect(normalise(stderr, world)).toMatch(
    new RegExp(`error: <home>/images is in use by process ${server.child.pid} \\(node [\\w-]+\\.[jt]s registry serve`),
  );
  expect(await remainsOf(world)).toSatisfy((names: string[]) => names.every((name) => name.startsWith('images')));
});

describe('^C', () => {
  it('while the registry starts leaves nothing', async () => {
    await using world = await makeWorld();
    const controller = new AbortController();
    const onStderr = (text: string) => {
      if (text.includes('Starting')) controller.abort(new DevregError('interrupted', 'INTERRUPTED', 'Interrupted.'));
    };
    const { exitCode, stdout, stderr } = await world.run(['create', ...ANY_PORTS], {
      signal: controller.signal,
      onStderr,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain('error: Interrupted.\n  code: INTERRUPTED\n');
    expect(await remainsOf(world)).toEqual([]);
    expect(await processesWith(world.home)).toEqual([]);
    expect((await world.run(['status'])).exitCode).toBe(3);
  });

  it('in a terminal of its own does the same, with the exit code shells know', async () => {
    await using world = await makeWorld();
    await using program = startProgram(['create', ...ANY_PORTS], world.home);
    await program.waitFor('Starting the registry');
    program.child.kill('SIGINT');
    expect(await program.ended).toEqual({ code: 130, signal: null });
    expect(await remainsOf(world)).toEqual([]);
    expect(await processesWith(world.home)).toEqual([]);
  });

  it('while a registry is changed leaves it running as it was', async () => {
    await using world = await makeWorld();
    const first = await create(world, ...ANY_PORTS);
    const controller = new AbortController();
    const onStderr = (text: string) => {
      if (text.includes('Stopping')) controller.abort(new DevregError('interrupted', 'INTERRUPTED', 'Interrupted.'));
    };
    const { exitCode } = await world.run(['create', '--durability', 'fast'], { signal: controller.signal, onStderr });
    expect(exitCode).toBe(130);
    expect(await create(world)).toEqual({ ...first, outcome: 'kept', pid: expect.any(Number) });
  });
});

it('leaves no process behind when it is killed itself', async () => {
  await using world = await makeWorld();
  await using program = startProgram(['create', ...ANY_PORTS], world.home);
  await program.waitFor('Starting the registry');
  await expect.poll(async () => (await processesWith(join(world.home, '.local'))).length, { timeout: 10_000 }).toBe(1);
  program.child.kill('SIGKILL');
  await program.ended;
  await expect.poll(() => processesWith(world.home), { timeout: 10_000 }).toEqual([]);
  expect((await create(world, ...ANY_PORTS)).outcome).toMatch(/^(?:created|started)$/);
});
