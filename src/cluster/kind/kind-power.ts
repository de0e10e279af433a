/** Switches a cluster's nodes on and off. Their containers stay what they are: ports, images and data are in them. */
import type { Container, ContainerEngine } from '../../engine/engine.ts';
import type { ClusterNode } from '../cluster-provider.ts';
import { awaitNodes } from './kind-pieces.ts';
import { adoptAddresses } from './node-addresses.ts';
import { isBalancer, listClusterContainers, pickNodes } from './kind-nodes.ts';

/** Seconds that a node gets to end its pods and its database; kind's nodes take about two. */
const GRACE = 20;

/**
 * Starts what does not run: the control plane first, for the others ask for it, and what balances between several last,
 * for it looks their addresses up once. Always in the same order, so that engines tend to give the same addresses.
 * @returns the nodes, each with a container runtime that answers
 */
export async function startNodes(
  engine: ContainerEngine,
  cluster: string,
  signal: AbortSignal,
): Promise<readonly ClusterNode[]> {
  const containers = await listClusterContainers(engine, cluster);
  const stopped = inOrder(containers).filter((name) => !isRunning(name, containers));
  await engine.start(stopped);
  await Promise.all(pickNodes(containers).map(({ name }) => adoptAddresses(engine, name, signal)));
  return awaitNodes(engine, cluster, signal);
}

/** Stops what runs, all of it at once. */
export async function stopNodes(engine: ContainerEngine, cluster: string): Promise<void> {
  const containers = await listClusterContainers(engine, cluster);
  const running = inOrder(containers).filter((name) => isRunning(name, containers));
  await engine.stop(running, GRACE);
}

function inOrder(containers: readonly Container[]): string[] {
  return [...pickNodes(containers), ...containers.filter(isBalancer)].map(({ name }) => name);
}

function isRunning(name: string, containers: readonly Container[]): boolean {
  return containers.some((container) => container.name === name && container.isRunning);
}
