/** How a cluster is, and whether its registry answers: real doors, everything else in memory. */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureAuthority, ensureLeaf } from '../../../src/certs/store.ts';
import { askDoor, awaitDoor } from '../../../src/workflows/cluster/door-check.ts';
import { probePort } from '../../../src/workflows/cluster/free-ports.ts';
import { inspectCluster } from '../../../src/workflows/cluster/inspect-cluster.ts';
import { CLUSTER_RECORD } from '../../state/sample-record.ts';
import { createMemoryClusterProvider } from '../../support/fakes/memory-cluster-provider.ts';
import { makeFakeDoors } from './fake-doors.ts';
import { NOW } from './workshop.ts';

const LOGIN = { user: 'me', password: 'secret' };
const freePort = () => probePort(0, async () => undefined);

/** A registry behind a door in plain HTTP. */
async function openPlain() {
  const doors = makeFakeDoors();
  doors.login = 'me:secret';
  const port = await freePort();
  await doors.open(port, undefined);
  return { doors, door: { host: 'localhost', port, authority: undefined } };
}

describe('a cluster is', () => {
  const inspect = async (stage: 'ready' | 'creating', setUp: (port: number) => Promise<boolean | undefined>) => {
    const port = await freePort();
    const provider = createMemoryClusterProvider({ clusters: ['dev', 'other'] });
    const isRunning = await setUp(port);
    if (isRunning === undefined) await provider.remove('dev');
    else provider.setRunning('dev', isRunning);
    const settings = { ...CLUSTER_RECORD.settings, tls: 'off' as const, registryPort: port };
    return inspectCluster({ ...CLUSTER_RECORD, stage, settings }, provider, undefined);
  };
  const nodes = ['dev-control-plane'];

  it('running when its registry answers, even to strangers', async () => {
    await using doors = makeFakeDoors();
    const found = await inspect('ready', async (port) => (await doors.open(port, undefined), true));
    expect(found).toEqual({ state: 'running', nodes });
  });

  it.each([
    ['unready', 'ready', true, nodes],
    ['stopped', 'ready', false, nodes],
    ['missing', 'ready', undefined, []],
    ['unfinished', 'creating', true, nodes],
    ['unfinished', 'creating', undefined, []],
  ] as const)('%s in stage %s with nodes running: %s', async (state, stage, isRunning, names) => {
    expect(await inspect(stage, async () => isRunning)).toEqual({ state, nodes: names });
  });
});

describe('a door', () => {
  it('is the registry’s only when the credentials are right', async () => {
    const { doors, door } = await openPlain();
    await using _doors = doors;
    expect(await askDoor(door, LOGIN)).toBeUndefined();
    expect(await askDoor(door)).toBeUndefined();
    expect(await askDoor(door, { ...LOGIN, password: 'other' })).toBe('status 401');
    doors.status = 500;
    expect(await askDoor(door, LOGIN)).toBe('status 500');
  });

  it('of another server is none, whatever it answers', async () => {
    await using stack = new AsyncDisposableStack();
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) => response.end());
    stack.defer(() => void server.close());
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect(await askDoor({ host: 'localhost', port, authority: undefined }, LOGIN)).toBe('status 200');
  });

  it('that opens later is waited for', async () => {
    await using doors = makeFakeDoors();
    doors.login = 'me:secret';
    const port = await freePort();
    const opened = awaitDoor({ host: 'localhost', port, authority: undefined }, LOGIN, AbortSignal.timeout(10_000));
    await doors.open(port, undefined);
    await expect(opened).resolves.toBeUndefined();
  });

  it('that stays shut is told with its last answer', async () => {
    const port = await freePort();
    const stop = AbortSignal.timeout(200);
    await expect(awaitDoor({ host: 'a.localtest.me', port, authority: undefined }, LOGIN, stop)).rejects.toMatchObject({
      kind: 'timeout',
      code: 'DOOR_CLOSED',
      message: expect.stringContaining(`The registry does not answer at a.localtest.me:${port}: `),
      cause: expect.objectContaining({ name: 'AbortError' }),
    });
  });

  it('in TLS must be vouched for, under its name', async () => {
    await using temp = await mkdtempDisposable(join(tmpdir(), 'devreg-door-'));
    const { authority } = await ensureAuthority(join(temp.path, 'ca'), { owner: 'somebody@somewhere', now: NOW });
    await ensureLeaf(join(temp.path, 'tls'), authority, ['registry.localtest.me'], { now: NOW });
    await using doors = makeFakeDoors();
    doors.login = 'me:secret';
    const port = await freePort();
    await doors.open(port, join(temp.path, 'tls'));
    const door = { host: 'registry.localtest.me', port, authority: authority.certificate.toString() };
    expect(await askDoor(door, LOGIN)).toBeUndefined();
    expect(await askDoor({ ...door, host: 'other.localtest.me' }, LOGIN)).toMatch(/altnames/);
    expect(await askDoor({ ...door, authority: undefined }, LOGIN)).toBeDefined();
  });
});
