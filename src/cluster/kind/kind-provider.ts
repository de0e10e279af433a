/** Clusters by kind, whose nodes are containers of this machine's engine. */
import type { ContainerEngine } from '../../engine/engine.ts';
import type { Runner } from '../../process/runner.ts';
import type { ClusterProvider } from '../cluster-provider.ts';
import { beginCluster } from './kind-birth.ts';
import { listClusterContainers, listClusters, pickNodes } from './kind-nodes.ts';
import { createKind } from './kind-program.ts';
import { awaitLateBirths } from './late-births.ts';
import { startNodes, stopNodes } from './kind-power.ts';
import { correctKubeconfig, makeReachable } from './reachable-api.ts';

/** Makes the provider. kind itself is looked for when it is first needed. */
export function createKindProvider({
  runner,
  engine,
}: {
  readonly runner: Runner;
  readonly engine: ContainerEngine;
}): ClusterProvider {
  const kind = createKind(runner, engine.kind);
  const read = async (cluster: string) => (await kind(['get', 'kubeconfig', '--name', cluster])).stdout;
  return {
    list: () => listClusters(engine),
    listNodes: async (cluster) => pickNodes(await listClusterContainers(engine, cluster)),
    create: (order, options) => beginCluster({ kind, engine }, order, options),
    readKubeconfig: async (cluster) => makeReachable(await read(cluster), engine),
    exportKubeconfig: async (cluster) => {
      await kind(['export', 'kubeconfig', '--name', cluster]);
      if ((await engine.locate()) !== undefined)
        await correctKubeconfig(cluster, await read(cluster), { runner, engine });
    },
    start: (cluster, signal) => startNodes(engine, cluster, signal),
    stop: (cluster) => stopNodes(engine, cluster),
    remove: async (cluster) => {
      await awaitLateBirths(runner, cluster);
      await kind(['delete', 'cluster', '--name', cluster]);
    },
  };
}
