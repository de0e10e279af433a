/** `stop` and `start`: what stays, what goes on, and what they say. */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { CLUSTER, remember } from './support/engine.ts';
import { basic, listImages, pushImage } from './support/image.ts';
import { processesWith } from './support/processes.ts';
import { treeOf } from './support/tree.ts';
import { ANY_PORTS, type Answer, create, secretOf, urlOf } from './support/registry.ts';
import { type World, makeWorld } from './support/world.ts';

async function authorizationOf(world: World): Promise<string> {
  const { username, password } = await secretOf(world);
  return basic(username, password);
}

async function beginUpload(answer: Answer, authorization: string): Promise<string> {
  const begun = await fetch(`${urlOf(answer)}/v2/team/app/blobs/uploads/`, {
    method: 'POST',
    headers: { authorization },
  });
  return begun.headers.get('location') ?? '';
}

/** Sends a part of a body, and resolves when it is on its way. */
async function beginPatch(url: string, authorization: string, first: string): Promise<ClientRequest> {
  const patch = request(url, { method: 'PATCH', headers: { authorization }, agent: false });
  await new Promise<void>((resolve) => void patch.write(first, () => resolve()));
  return patch;
}

/** Resolves when the registry's log has this event. */
async function logged(world: World, event: string): Promise<void> {
  await expect.poll(async () => (await world.succeed(['logs'])).stdout, { timeout: 5_000 }).toContain(`"${event}"`);
}

/** The folder is free and the ports are closed a moment before the process is gone. */
async function noProcess({ home }: World): Promise<void> {
  await expect.poll(() => processesWith(home), { timeout: 5_000 }).toEqual([]);
}

describe('stop and start', () => {
  it('keep ports, credentials and images', async () => {
    await using world = await makeWorld();
    const first = await create(world, ...ANY_PORTS);
    const authorization = await authorizationOf(world);
    expect(await pushImage({ url: urlOf(first), authorization }, 'team/app')).toBe(201);
    expect((await world.succeed(['stop'])).stdout).toBe('The registry devreg was stopped.\n');
    await noProcess(world);
    expect((await world.succeed(['status'])).stdout).toContain('stopped');
    const { stdout } = await world.succeed(['start']);
    expect(stdout).toBe(`The registry devreg runs again as ${first.names.join(' and ')}.\n`);
    expect(await authorizationOf(world)).toBe(authorization);
    expect(await listImages({ url: urlOf(first) })).toEqual({ repositories: ['team/app'] });
    expect(await pushImage({ url: urlOf(first), authorization }, 'team/other')).toBe(201);
  });

  it('change nothing the second time', async () => {
    await using world = await makeWorld();
    const { pid, names } = await create(world, ...ANY_PORTS);
    expect((await world.succeed(['start'])).stdout).toContain('The registry devreg runs already as ');
    expect(await processesWith(world.home)).toContain(pid);
    const stop = async () => JSON.parse((await world.succeed(['stop', '-o', 'json'])).stdout) as unknown;
    expect(await stop()).toEqual([{ name: 'devreg', provider: 'process', outcome: 'stopped', names }]);
    expect(await stop()).toEqual([{ name: 'devreg', provider: 'process', outcome: 'kept', names }]);
  });

  it('let a request finish, and the upload go on afterwards', async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    const authorization = await authorizationOf(world);
    const location = `${urlOf(answer)}${await beginUpload(answer, authorization)}`;
    const patch = await beginPatch(location, authorization, 'hello, ');
    const replied = once(patch, 'response') as Promise<[IncomingMessage]>;
    const stopping = world.succeed(['stop']);
    await logged(world, 'closing');
    patch.end('world');
    const [reply] = await replied;
    expect(reply.statusCode).toBe(202);
    reply.resume();
    expect((await stopping).stdout).toBe('The registry devreg was stopped.\n');

    await world.succeed(['start']);
    const state = await fetch(location, { headers: { authorization } });
    expect([state.status, state.headers.get('range')]).toEqual([204, '0-11']);
    const digest = 'sha256:09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b';
    const put = await fetch(`${location}?digest=${digest}`, { method: 'PUT', headers: { authorization } });
    expect(put.status).toBe(201);
  });

  it('keep what was received of a body that does not end in time', { timeout: 30_000 }, async () => {
    await using world = await makeWorld();
    const answer = await create(world, ...ANY_PORTS);
    const authorization = await authorizationOf(world);
    const location = `${urlOf(answer)}${await beginUpload(answer, authorization)}`;
    const patch = await beginPatch(location, authorization, 'hello, ');
    const broken = once(patch, 'error');
    expect((await world.succeed(['stop'])).stdout).toBe('The registry devreg was stopped.\n');
    await broken;
    await world.succeed(['start']);
    const state = await fetch(location, { headers: { authorization } });
    expect(state.headers.get('range')).toBe('0-6');
  });
});

describe('what is there, and what is not', () => {
  it('makes good what clients trust', async () => {
    await using world = await makeWorld();
    await create(world, ...ANY_PORTS);
    await world.succeed(['stop']);
    const before = await treeOf(`${world.home}/.config`);
    await rm(`${world.home}/.config`, { recursive: true });
    await world.succeed(['start']);
    expect(await treeOf(`${world.home}/.config`)).toEqual(before);
    expect(Object.keys(before).join(' ')).toContain('ca.crt');
  });

  it.each(['stop', 'start'])('%s knows what is not there', async (command) => {
    await using world = await makeWorld();
    expect(await world.run([command])).toMatchObject({ stdout: '', exitCode: 3 });
    expect((await world.run([command, '--name', 'nope'])).stderr).toContain('There is no registry called nope.');
    expect(await world.run([command, '--all', '-o', 'json'])).toMatchObject({ stdout: '[]\n', exitCode: 0 });
    expect((await world.run([command, '--all', '--name', 'one'])).exitCode).toBe(2);
    expect((await world.run([command, '-o', 'table'])).exitCode).toBe(2);
  });

  it('makes no registry that was deleted', async () => {
    await using world = await makeWorld();
    await create(world, ...ANY_PORTS);
    await world.succeed(['delete']);
    expect((await world.run(['start'])).exitCode).toBe(3);
    await noProcess(world);
  });

  it('does not take the port of another, and names it', async () => {
    await using world = await makeWorld();
    const one = await create(world, '--name', 'one', ...ANY_PORTS);
    await world.succeed(['stop']);
    const [, port = ''] = one.names[1].split(':');
    await create(world, '--name', 'two', '--port', '0', '--registry-port', port);
    const { exitCode, stderr } = await world.run(['start', '--name', 'one']);
    expect(exitCode).toBe(5);
    expect(stderr).toContain(`Port ${port} is in use by the registry two.`);
    expect(stderr).toContain('devreg create --registry-port');
  });
});

describe('--all', () => {
  it('goes through all, and a cluster keeps none from its turn', async () => {
    await using world = await makeWorld();
    await create(world, '--name', 'one', ...ANY_PORTS);
    await remember(world, { ...CLUSTER, trusted: [], hostsFile: undefined });
    await create(world, '--name', 'two', ...ANY_PORTS);
    const stopped = await world.run(['stop', '--all']);
    expect(stopped.stdout).toBe('The registry one was stopped.\nThe registry two was stopped.\n');
    expect(stopped.exitCode).toBe(6);
    expect(stopped.stderr).toContain('Docker is not installed');
    const started = await world.run(['start', '--all', '-o', 'yaml']);
    expect(started.stdout.match(/outcome: started/g)).toHaveLength(2);
    expect([started.exitCode, started.stderr]).toEqual([6, expect.stringContaining('Docker is not installed')]);
    await rm(`${world.home}/.local/state/devreg/registries/dev`, { recursive: true });
  });
});
