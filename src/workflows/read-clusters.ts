/** The clusters of this user and their nodes, as lists. */
import type { Folders } from '../state/folders.ts';
import { type ClusterRecord, contextOf } from '../state/record.ts';
import type { ClusterCondition } from './cluster/inspect-cluster.ts';
import { openClusters } from './open-cluster.ts';
import { openInspection, openPatientInspection } from './open-inspection.ts';
import { openMachine } from './open-machine.ts';
import { registryNames } from './settings.ts';

/** A cluster. */
export interface ClusterRow {
  readonly name: string;
  readonly state: ClusterCondition['state'];
  readonly nodes: readonly string[];
  /** The registry as clients name it. */
  readonly names: readonly string[];
  /** What kubectl calls it. */
  readonly context: string;
  readonly engine: string;
  readonly ingress: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A node. */
export interface NodeRow {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly state: 'running' | 'stopped';
  readonly cluster: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Looks at clusters; the engine is asked only when there are some.
 * @param warn is told why a cluster could not be looked at
 */
export async function readClusters(
  records: readonly ClusterRecord[],
  env: Environment,
  folders: Folders,
  warn: (text: string) => void,
): Promise<ClusterRow[]> {
  const inspect = openPatientInspection(openInspection(env, folders), warn);
  return Promise.all(
    records.map(async (record) => {
      const { name, engine, createdAt, settings } = record;
      const { state, nodes } = await inspect(record);
      const { ingress } = settings;
      return {
        name,
        state,
        nodes,
        names: registryNames(settings),
        context: contextOf(name),
        engine,
        ingress,
        createdAt,
      };
    }),
  );
}

/**
 * Lists the nodes of clusters.
 * @throws DevregError of the engine
 */
export async function readNodes(records: readonly ClusterRecord[], env: Environment): Promise<NodeRow[]> {
  const rows = records.map(async ({ name: cluster, engine, engineAt }) => {
    const nodes = await openClusters(await openMachine(env, engine, engineAt)).listNodes(cluster);
    return nodes.map(({ name, role, isRunning }) => ({
      name,
      role,
      state: isRunning ? ('running' as const) : ('stopped' as const),
      cluster,
    }));
  });
  return (await Promise.all(rows)).flat();
}
