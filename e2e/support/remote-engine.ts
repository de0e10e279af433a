/** A Docker engine on another machine, as far as anybody can tell: with a network and files of its own, reached by TCP. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type EngineProcess, openEngine } from './engine-process.ts';
import { CLUSTER_IMAGES } from './image-names.ts';
import { requireTools } from './tools.ts';

/** The engine, until disposed; its containers and images go with it. */
export interface RemoteEngine extends AsyncDisposable {
  /** As `DOCKER_HOST` has it. */
  readonly endpoint: string;
  /** The same for programs of the engine's machine. */
  readonly socket: string;
  /** The engine's machine's network, as `nsenter --net` has it. */
  readonly network: string;
  readonly process: Pick<EngineProcess, 'begin' | 'end'>;
  /** Where its published ports are. */
  readonly address: string;
  /** Leads ports of this machine's loopback to the same ones of the engine's machine's, as `ssh -L` does. */
  readonly openTunnel: (ports: readonly number[]) => Promise<AsyncDisposable>;
  /** Runs a program on the engine's machine. @throws when it fails */
  readonly run: (program: string, ...args: readonly string[]) => Promise<string>;
}

/** Starts it, with what a cluster is made of. @throws an error that names every missing tool, or says that root is needed */
export async function startRemoteEngine(): Promise<RemoteEngine> {
  requireTools(['docker', 'dockerd', 'ip', 'nsenter', 'setpriv', 'unshare']);
  if (process.getuid?.() !== 0) throw new Error('These tests make a network of their own and need root.');
  await using opened = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), 'devreg-remote-'));
  opened.defer(() => rm(root, { recursive: true, force: true }));
  const { space, address } = await joinNetwork(opened);
  const endpoint = `tcp://${address}:2375`;
  const socket = `unix://${root}/docker.sock`;
  const engine = opened.use(await openEngine({ root, space, endpoints: [endpoint, socket] }));
  const env = { DOCKER_HOST: endpoint };
  for (const image of CLUSTER_IMAGES)
    await execa('bash', ['-o', 'pipefail', '-c', 'env -u DOCKER_HOST docker save "$0" | docker load --quiet', image], {
      env,
    });
  opened.defer(async () => void (await execa('bash', ['-c', 'docker ps -aq | xargs -r docker rm -fv'], { env })));
  opened.defer(() => engine.begin());
  const run = async (program: string, ...args: readonly string[]) =>
    (await execa('ip', ['netns', 'exec', space, program, ...args])).stdout;
  const kept = opened.move();
  return {
    endpoint,
    socket,
    network: `/run/netns/${space}`,
    process: engine,
    address,
    run,
    openTunnel: (ports) => openTunnel(space, ports),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function openTunnel(space: string, ports: readonly number[]): Promise<AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  for (const port of ports) {
    const server = createServer((socket) => {
      const way = execa('ip', ['netns', 'exec', space, 'socat', '-', `TCP:127.0.0.1:${port}`], {
        reject: false,
        encoding: 'buffer',
        buffer: false,
      });
      const leave = () => void (way.kill(), socket.destroy());
      socket.once('error', leave).once('close', leave).pipe(way.stdin).once('error', leave);
      way.stdout.pipe(socket);
    });
    opened.defer(() => void server.close());
    await once(server.listen(port, '127.0.0.1'), 'listening');
  }
  const kept = opened.move();
  return { [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A network that only this machine reaches, by a pair of interfaces. */
async function joinNetwork(
  opened: AsyncDisposableStack,
): Promise<{ readonly space: string; readonly address: string }> {
  const [one, two] = [randomInt(1, 250), randomInt(1, 250)];
  const space = `devreg-e2e-${one}-${two}`;
  const near = `dvr${one}-${two}`;
  const [host, address] = [`10.${one}.${two}.1`, `10.${one}.${two}.2`];
  const ip = async (line: string) => void (await execa('ip', line.split(' ')));
  await ip(`netns add ${space}`);
  // The other interface goes with the network.
  opened.defer(() => ip(`netns delete ${space}`));
  await ip(`link add ${near} type veth peer name eth0 netns ${space}`);
  opened.defer(async () => void (await execa('ip', ['link', 'delete', near], { reject: false })));
  await ip(`addr add ${host}/24 dev ${near}`);
  await ip(`link set ${near} up`);
  await ip(`-n ${space} addr add ${address}/24 dev eth0`);
  for (const device of ['eth0', 'lo']) await ip(`-n ${space} link set ${device} up`);
  await ip(`-n ${space} route add default via ${host}`);
  return { space, address };
}
