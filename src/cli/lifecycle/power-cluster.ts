/** `start` and `stop` for clusters, whose nodes are containers. */
import type { ClusterRecord } from '../../state/record.ts';
import { type CreatedCluster, createCluster } from '../../workflows/cluster/create-cluster.ts';
import { type StoppedCluster, stopCluster } from '../../workflows/cluster/stop-cluster.ts';
import { openClusters } from '../../workflows/open-cluster.ts';
import { openMachine } from '../../workflows/open-machine.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { CLUSTER_TIMEOUT_MS, openClusterPorts } from '../create/cluster-ports.ts';

/**
 * Starts a cluster, and mends what a stop or a restart of the machine has undone. Names that were written into the
 * hosts file once are written again.
 * @param timeout in milliseconds; undefined: what is usual
 * @throws DevregError as `createCluster` does, and those of the engine
 */
export async function startCluster(
  { name, engine, engineAt, hostsFile }: ClusterRecord,
  timeout: number | undefined,
  state: State,
  context: Context,
): Promise<CreatedCluster> {
  const opened = await openMachine(context.surroundings.env, engine, engineAt);
  const mayWriteHosts = async () => hostsFile !== undefined;
  return createCluster(
    {
      name,
      wanted: {},
      rotatePassword: false,
      mustExist: true,
      recreate: false,
      keepOnFailure: false,
      timeout: timeout ?? CLUSTER_TIMEOUT_MS,
    },
    openClusterPorts(opened, state, context, { mayWriteHosts }),
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
