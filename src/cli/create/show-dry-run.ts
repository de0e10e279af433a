/** `devreg create --dry-run` for a cluster: what would be made, or of one that is there, what would change. */
import type { ClusterRequest } from '../../workflows/cluster/create-cluster.ts';
import { type PlannedPart, planCreate } from '../../workflows/cluster/plan-changes.ts';
import { showCluster } from '../../workflows/cluster/show-cluster.ts';
import type { Context } from '../context.ts';
import { type Column, formatTable } from '../output/table.ts';
import { VERSION } from '../version.ts';
import { openClusterPorts } from './cluster-ports.ts';
import type { ClusterOrder } from './create-cluster.ts';

const COLUMNS: readonly Column<PlannedPart>[] = [
  { heading: 'PART', cell: ({ part }) => part },
  { heading: 'STATE', cell: ({ state }) => state },
  { heading: 'DETAIL', cell: ({ detail }) => detail },
];

/**
 * Answers; nothing is changed. YAML is always all there would be, kind's configuration first.
 * @throws DevregError of settings, configuration, engine and API
 */
export async function showDryRun(
  { state, place, output, cluster }: Pick<ClusterOrder, 'state' | 'place' | 'output' | 'cluster'>,
  request: Pick<ClusterRequest, 'name' | 'wanted' | 'rotatePassword' | 'password' | 'recreate'>,
  context: Context,
): Promise<string> {
  const { name, wanted } = request;
  // Whoever is not asked now would be asked then.
  const permissions = { mayWriteHosts: async () => cluster.hostsFile === true };
  const ports = openClusterPorts(place, state, context, permissions);
  const plan = output === 'yaml' ? undefined : await planCreate(request, ports);
  if (plan === undefined)
    return showCluster(name, wanted, await state.records.find(name), { version: VERSION, progress: context.terminal });
  return output === 'json' ? `${JSON.stringify(plan, undefined, 2)}\n` : formatTable(COLUMNS, plan);
}
