/** A provider whose clusters are entries of a map; each has one control plane and as many workers as its configuration says. */
import { setImmediate as turn } from 'node:timers/promises';
import type { ClusterNode, ClusterOrder, ClusterProvider } from '../../../src/cluster/cluster-provider.ts';
import { DevregError } from '../../../src/errors.ts';

/** What a test may have it do. */
export interface MemoryProviderOptions {
  /** Clusters that are there already. */
  readonly clusters?: readonly string[];
  /** What making a cluster fails with, once its nodes are there. */
  readonly failure?: Error;
}

/** A provider that tells what became of what was asked. */
export interface MemoryClusterProvider extends ClusterProvider {
  /** Every cluster that was ordered. */
  readonly orders: readonly ClusterOrder[];
  /** Contexts of the user's kubeconfig. */
  readonly contexts: ReadonlySet<string>;
  /** Tests stop and start a cluster's nodes by this. */
  setRunning(cluster: string, isRunning: boolean): void;
}

/** Makes a provider. */
export function createMemoryClusterProvider({
  clusters = [],
  failure,
}: MemoryProviderOptions = {}): MemoryClusterProvider {
  const living = new Map<string, { nodes: readonly ClusterNode[]; isRunning: boolean }>();
  const orders: ClusterOrder[] = [];
  const contexts = new Set<string>();
  for (const name of clusters) living.set(name, { nodes: nodesOf(name, ''), isRunning: true });

  const begin = async (order: ClusterOrder, signal: AbortSignal, onPhase: (phase: string) => void) => {
    signal.throwIfAborted();
    if (living.has(order.name)) throw exists(order.name);
    orders.push(order);
    const nodes = nodesOf(order.name, order.config);
    living.set(order.name, { nodes, isRunning: true });
    onPhase('Starting the nodes');
    return nodes;
  };
  const clearUp = ({ name, keepOnFailure }: ClusterOrder, error: unknown) => {
    const isOurs = !(error instanceof DevregError) || error.code !== 'CLUSTER_EXISTS';
    if (isOurs && !keepOnFailure) living.delete(name);
  };
  const nodesOrThrow = (cluster: string) => {
    const found = living.get(cluster);
    if (found === undefined)
      throw new DevregError('not-found', 'CLUSTER_NOT_FOUND', `There is no cluster called ${cluster}.`);
    return found;
  };

  return {
    orders,
    contexts,
    setRunning(cluster, isRunning) {
      living.set(cluster, { ...nodesOrThrow(cluster), isRunning });
    },
    list: async () => [...living.keys()].toSorted(),
    async listNodes(cluster) {
      const { nodes, isRunning } = living.get(cluster) ?? { nodes: [], isRunning: false };
      return nodes.map((node) => ({ ...node, isRunning }));
    },
    create(order, { signal, onPhase }) {
      const nodes = begin(order, signal, onPhase);
      const work = async () => {
        try {
          await nodes;
          await turn();
          signal.throwIfAborted();
          if (failure !== undefined) throw failure;
        } catch (error) {
          clearUp(order, error);
          throw error;
        }
      };
      const made = work();
      const birth = {
        nodes: nodes.then(async (value) => (failure === undefined && !signal.aborted ? value : made.then(() => value))),
        kubeconfig: nodes.then(async () =>
          failure === undefined && !signal.aborted ? configOf(order.name) : made.then(() => ''),
        ),
        made,
      };
      for (const piece of Object.values(birth)) piece.catch(() => {});
      return birth;
    },
    readKubeconfig: async (cluster) => {
      nodesOrThrow(cluster);
      return configOf(cluster);
    },
    exportKubeconfig: async (cluster) => {
      nodesOrThrow(cluster);
      contexts.add(`kind-${cluster}`);
    },
    start: async (cluster) => {
      const { nodes } = nodesOrThrow(cluster);
      living.set(cluster, { nodes, isRunning: true });
      return nodes;
    },
    stop: async (cluster) => {
      living.set(cluster, { ...nodesOrThrow(cluster), isRunning: false });
    },
    remove: async (cluster) => {
      living.delete(cluster);
      contexts.delete(`kind-${cluster}`);
    },
  };
}

function nodesOf(cluster: string, config: string): readonly ClusterNode[] {
  const workers = config.match(/^\s*- role: worker$/gm) ?? [];
  return [
    { name: `${cluster}-control-plane`, role: 'control-plane' },
    ...workers.map((_line, index) => ({
      name: `${cluster}-worker${index === 0 ? '' : index + 1}`,
      role: 'worker' as const,
    })),
  ];
}

function configOf(cluster: string): string {
  const name = `kind-${cluster}`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: 'https://127.0.0.1:6443' } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

function exists(name: string): DevregError {
  return new DevregError('conflict', 'CLUSTER_EXISTS', `There is a cluster called ${name} already.`);
}
