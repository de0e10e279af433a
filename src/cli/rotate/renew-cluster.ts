/** New credentials for a registry in a cluster: its Secret is applied anew, and the Deployment rolls by its annotation. */
import type { ClusterRecord } from '../../state/record.ts';
import { createCluster } from '../../workflows/cluster/create-cluster.ts';
import { openMachine } from '../../workflows/open-machine.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { CLUSTER_TIMEOUT_MS, openClusterPorts } from '../create/cluster-ports.ts';

/**
 * Brings the cluster to new credentials, and to nothing else that is new.
 * @throws DevregError as `createCluster` does, and those of the engine
 */
export async function renewCluster(
  { name, engine, engineAt }: ClusterRecord,
  timeout: number | undefined,
  state: State,
  context: Context,
): Promise<void> {
  const opened = await openMachine(context.surroundings.env, engine, engineAt);
  await createCluster(
    {
      name,
      wanted: {},
      rotatePassword: true,
      recreate: false,
      keepOnFailure: false,
      timeout: timeout ?? CLUSTER_TIMEOUT_MS,
    },
    openClusterPorts(opened, state, context),
  );
}
