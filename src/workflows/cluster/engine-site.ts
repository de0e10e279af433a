/** Where the ports of a cluster are published, and how this machine comes to them: here, or on the engine's machine. */
import { lookup as lookUpName } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type RemoteEngine, hostOf, sshTargetOf } from '../../engine/engine-location.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import { DevregError } from '../../errors.ts';
import type { EngineElsewhere } from '../../state/record.ts';
import { chooseFarPorts } from './far-ports.ts';

/** The address of a machine for itself alone, and the one that stands for all it has. */
const LOOPBACK = '127.0.0.1';
const EVERYWHERE = '0.0.0.0';

/** Where a cluster's ports are. */
export interface Site {
  /** The addresses of the engine's machine that they are published on. */
  readonly listen: readonly string[];
  /** Where this machine finds them. */
  readonly address: string;
  /** Undefined: the engine is on this machine. */
  readonly far?: FarSite | undefined;
}

/** An engine on another machine. */
export interface FarSite {
  readonly engine: EngineElsewhere;
  /** The port of the API there: it cannot be tried from here. */
  readonly apiPort: number;
  /** Where ports are published for that machine alone, what `ssh` is told to get there; undefined: they can be reached. */
  readonly tunnel: string | undefined;
}

/** Where everything is on this machine. */
export const SITE_HERE: Site = { listen: [LOOPBACK], address: LOOPBACK };

type LookUp = (host: string) => Promise<string>;

/**
 * Finds out. An engine that is reached by TCP is as open as its address: ports are published there too, and on its
 * machine's loopback, by which its own pushes go. By SSH it is not, and neither are they unless that is asked for.
 * @param asked the address to publish on
 * @throws DevregError ENGINE_UNREACHABLE when the engine's host has no address
 */
export async function findSite(
  engine: ContainerEngine,
  asked: string | undefined,
  lookUp: LookUp = lookUpFirst,
): Promise<Site> {
  const remote = await engine.locate();
  const host = remote && hostOf(remote);
  if (remote === undefined || host === undefined) return { ...SITE_HERE, listen: listenOn(asked) };
  const isBySsh = remote.endpoint.startsWith('ssh:');
  const isTunnelled = asked === LOOPBACK || (asked === undefined && isBySsh);
  const own = isTunnelled ? LOOPBACK : await addressOf(host, lookUp);
  const address = asked === undefined || asked === EVERYWHERE ? own : asked;
  const [apiPort = 0] = await chooseFarPorts(engine, 1);
  return {
    listen: listenOn(asked ?? own),
    address,
    far: {
      engine: { ...withoutAbsent(remote), address },
      apiPort,
      tunnel: isTunnelled && !isLoopback(host) ? sshTargetOf(remote) : undefined,
    },
  };
}

/** The address to publish on as it is remembered: one that was found by itself stays, wherever the engine's name leads then. */
export function listenOf({ far, address }: Site, asked: string | undefined): { readonly listen?: string } {
  if (asked !== undefined) return { listen: asked };
  return far === undefined || far.tunnel !== undefined ? {} : { listen: address };
}

/** The command that makes the ports of another machine's loopback this one's. */
export function tunnelCommand(target: string, ports: readonly number[]): string {
  const ways = [...new Set(ports)].map((port) => `-L ${port}:${LOOPBACK}:${port}`);
  return `ssh -N ${ways.join(' ')} ${target}`;
}

/** With the machine's loopback, unless all addresses are meant. */
function listenOn(address: string = LOOPBACK): readonly string[] {
  return address === EVERYWHERE ? [EVERYWHERE] : [...new Set([LOOPBACK, address])];
}

async function addressOf(host: string, lookUp: LookUp): Promise<string> {
  if (isIP(host) !== 0) return host;
  try {
    return await lookUp(host);
  } catch (cause) {
    throw new DevregError('prerequisite', 'ENGINE_UNREACHABLE', `The engine's host ${host} has no address here.`, {
      hint: 'Check the variable DOCKER_HOST and `docker context ls`.',
      cause,
    });
  }
}

async function lookUpFirst(host: string): Promise<string> {
  return (await lookUpName(host, { family: 4 })).address;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function withoutAbsent({ endpoint, context }: RemoteEngine): Pick<EngineElsewhere, 'endpoint' | 'context'> {
  return { endpoint, ...(context !== undefined && { context }) };
}
