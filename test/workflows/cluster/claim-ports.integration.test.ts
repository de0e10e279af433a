/** The ports of this machine that lead into a cluster: free ones, taken ones, and those nobody here can know about. */
import { once } from 'node:events';
import { type Server, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PortInUseError } from '../../../src/provider/provider.ts';
import type { AnyRecord } from '../../../src/state/record.ts';
import { claimPorts } from '../../../src/workflows/cluster/claim-ports.ts';
import { settleCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { probePort } from '../../../src/workflows/cluster/free-ports.ts';
import { CLUSTER_RECORD, RECORD } from '../../state/sample-record.ts';
import { createMemoryEngine } from '../../support/fakes/memory-engine.ts';

async function takePort(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A server that the system refuses. */
function refusedWith(code: string): () => Server {
  return () => {
    const server = createServer();
    server.listen = () => {
      queueMicrotask(() => server.emit('error', Object.assign(new Error(code), { code })));
      return server;
    };
    return server;
  };
}

const nobody = async () => undefined;

describe('a port', () => {
  it('is free, and free again afterwards', async () => {
    const port = await probePort(0, nobody);
    expect(port).toBeGreaterThan(0);
    expect(await probePort(port, nobody)).toBe(port);
    expect(await probePort(port, nobody)).toBe(port);
  });

  it.each([
    [undefined, 'is in use.'],
    ['nginx (process 7)', 'is in use by nginx (process 7).'],
  ])('is taken, by %s', async (holder, end) => {
    const port = await takePort();
    const failure = await probePort(port, async (asked) => (asked === port ? holder : 'somebody else')).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PortInUseError);
    expect(failure).toMatchObject({ port, message: `Port ${port} ${end}` });
  });

  it('that this user may not have is left to the engine', async () => {
    expect(await probePort(443, nobody, refusedWith('EACCES'))).toBe(443);
  });

  it('that fails otherwise is no taken port', async () => {
    await expect(probePort(1, nobody, refusedWith('EADDRNOTAVAIL'))).rejects.toThrow('EADDRNOTAVAIL');
  });
});

describe('claiming', () => {
  const settings = settleCluster({ port: 0, registryPort: 0 }, undefined);
  const portsWith = (records: readonly AnyRecord[] = [], isRemote = false) => ({
    engine: createMemoryEngine({ isRemote }),
    findHolder: nobody,
    records: {
      find: async () => undefined,
      list: async () => [...records],
      save: async () => {},
      remove: async () => {},
    },
  });

  it('finds ports where any will do, and changes nothing else', async () => {
    const claimed = await claimPorts('dev', settings, [], portsWith());
    expect(claimed.port).toBeGreaterThan(0);
    expect(claimed.registryPort).toBeGreaterThan(0);
    expect({ ...claimed, port: 0, registryPort: 0 }).toEqual(settings);
  });

  it('leaves ports that are held by the cluster itself alone', async () => {
    const port = await takePort();
    expect((await claimPorts('dev', { ...settings, port }, [port], portsWith())).port).toBe(port);
  });

  it.each([
    ['port', '--port'],
    ['registryPort', '--registry-port'],
  ] as const)('names the option of a %s that is taken', async (key, option) => {
    const port = await takePort();
    await expect(claimPorts('dev', { ...settings, [key]: port }, [], portsWith())).rejects.toMatchObject({
      kind: 'conflict',
      code: 'PORT_IN_USE',
      hint: expect.stringContaining(`${option}, or 0`),
    });
  });

  it('names a cluster of ours that has it, stopped processes apart, and never itself', async () => {
    const port = await takePort();
    const cluster = { ...CLUSTER_RECORD, name: 'other', settings: { ...CLUSTER_RECORD.settings, port } };
    const process = { ...RECORD, name: 'alone', settings: { ...RECORD.settings, port } };
    const claim = (records: readonly AnyRecord[]) => claimPorts('dev', { ...settings, port }, [], portsWith(records));
    await expect(claim([cluster])).rejects.toThrow(`Port ${port} is in use by the registry other.`);
    await expect(claim([process])).rejects.toThrow(`Port ${port} is in use.`);
    await expect(claim([{ ...cluster, name: 'dev' }])).rejects.toThrow(`Port ${port} is in use.`);
  });

  it('asks nothing of this machine when the engine is on another', async () => {
    const port = await takePort();
    const wanted = { ...settings, port, registryPort: 5001 };
    expect(await claimPorts('dev', wanted, [], portsWith([], true))).toEqual(wanted);
  });

  it('chooses ports that no container of an engine on another machine has', async () => {
    const { engine, ...rest } = portsWith([], true);
    const used = Array.from({ length: 9_990 }, (_, index) => 20_000 + index);
    const ports = used.map((hostPort) => ({ host: '0.0.0.0', hostPort, containerPort: 80 }));
    engine.containers.push({ name: 'crowd', isRunning: true, labels: {}, ports });
    const claimed = await claimPorts('dev', settings, [], { ...rest, engine });
    for (const port of [claimed.port, claimed.registryPort]) {
      expect(port).toBeGreaterThanOrEqual(29_990);
      expect(port).toBeLessThan(30_000);
    }
    expect(claimed.port).not.toBe(claimed.registryPort);
  });

  it('names the container that has a port of an engine on another machine, unless it is the cluster’s own', async () => {
    const { engine, ...rest } = portsWith([], true);
    const ports = [{ host: '127.0.0.1', hostPort: 5001, containerPort: 80 }];
    engine.containers.push({ name: 'web', isRunning: true, labels: {}, ports });
    const wanted = { ...settings, port: 8443, registryPort: 5001 };
    await expect(claimPorts('dev', wanted, [], { ...rest, engine })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'PORT_IN_USE',
      message: "Port 5001 of the engine's machine is in use by the container web.",
      hint: expect.stringContaining('--registry-port, or 0'),
    });
    expect(await claimPorts('dev', wanted, [5001], { ...rest, engine })).toEqual(wanted);
  });

  it('refuses a folder of this machine for an engine on another', async () => {
    const wanted = { ...settings, dataDir: '/data' };
    await expect(claimPorts('dev', wanted, [], portsWith([], true))).rejects.toMatchObject({
      kind: 'usage',
      code: 'CONFIG_INVALID',
      message: 'The container engine is on another machine, where --data-dir cannot be had.',
    });
  });
});
