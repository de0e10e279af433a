/** `start` and `stop` for clusters, whose nodes are containers. */
import type { ClusterRecord } from '../../state/record.ts';
import { type CreatedCluster, createCluster } from '../../workflows/cluster/create-cluster.ts';
import { type StoppedCluster, stopCluster } from '../../workflows/cluster/stop-cluster.ts';
import { openClusters } from '../../workflows/open-cluster.ts';
import { openMachine } from '../../workflows/open-machine.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { CLUSTER_TIMEOUT_MS, openClusterPorts } from '../create/cluster-ports.ts';

/** How a cluster is started. */
export interface StartWish {
  /** Milliseconds that it may take. */
  readonly timeout?: number | undefined;
  /** Whether the hosts file may be written; when absent, it may where it was written once. */
  readonly mayWriteHosts?: boolean;
}

/**
 * Starts a cluster, and mends what a stop or a restart of the machine has undone.
 * @throws DevregError as `createCluster` does, and those of the engine
 */
export async function startCluster(
  { name, engine, engineAt, hostsFile }: ClusterRecord,
  { timeout = CLUSTER_TIMEOUT_MS, mayWriteHosts = hostsFile !== undefined }: StartWish,
  state: State,
  context: Context,
): Promise<CreatedCluster> {
  const opened = await openMachine(context.surroundings.env, engine, engineAt);
  return createCluster(
    {
      name,
      wanted: {},
      rotatePassword: false,
      mustExist: true,
      recreate: false,
      keepOnFailure: false,
      timeout,
    },
    openClusterPorts(opened, state, context, { mayWriteHosts: async () => mayWriteHosts }),
  );
}

/**
 * Stops a cluster.
 * @throws DevregError as `stopCluster` does, and those of the engine
 */
export async function stopClusterOf(
  { name, engine, engineAt }: ClusterRecord,
  state: State,
  { surroundings, terminal }: Context,
): Promise<StoppedCluster> {
  const { env, signal } = surroundings;
  const opened = await openMachine(env, engine, engineAt);
  const clusters = openClusters(opened);
  return stopCluster(name, { ...state, engine: opened.engine, clusters, progress: terminal, signal });
}
