/** Opens what making, changing and starting a cluster works with. */
import type { ClusterPorts } from '../../workflows/cluster/create-cluster.ts';
import { openCluster } from '../../workflows/open-cluster.ts';
import type { ClusterMachine } from '../../workflows/open-machine.ts';
import type { State } from '../../workflows/open-state.ts';
import { preflight } from '../../workflows/preflight.ts';
import type { Context } from '../context.ts';
import { VERSION } from '../version.ts';
import { ROOT, openUserPorts } from './user-ports.ts';

/** How long a cluster gets to become ready when nobody says. */
export const CLUSTER_TIMEOUT_MS = 300_000;

/** What may be done on this machine beside the cluster: nothing, where nobody says otherwise. */
export type Permissions = Partial<Pick<ClusterPorts, 'mayWriteHosts' | 'mayLogIn'>>;

/** Opens it; nothing is done yet. */
export function openClusterPorts(
  opened: ClusterMachine,
  state: State,
  context: Context,
  { mayWriteHosts = async () => false, mayLogIn = async () => false }: Permissions = {},
): ClusterPorts {
  const { terminal, surroundings } = context;
  const { env, machine, program, signal, resolvesHere } = surroundings;
  const cluster = openCluster(opened, { ...machine, env }, { ...program, arch: machine.arch, version: VERSION });
  const look = { ...cluster, machine: { ...machine, env, root: ROOT }, progress: terminal, signal };
  return {
    ...openUserPorts(state, context),
    ...cluster,
    preflight: (subject) => preflight(subject, look),
    version: VERSION,
    resolvesHere,
    mayWriteHosts,
    mayLogIn,
  };
}
