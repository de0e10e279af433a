/** Opens what tells how clusters are; an engine is looked for when the first of its clusters is asked after. */
import type { ClusterProvider } from '../cluster/cluster-provider.ts';
import { isDevregError } from '../errors.ts';
import type { Folders } from '../state/folders.ts';
import type { ClusterRecord } from '../state/record.ts';
import { type ClusterCondition, inspectCluster } from './cluster/inspect-cluster.ts';
import { openClusters } from './open-cluster.ts';
import { openMachine } from './open-machine.ts';
import { readAuthority } from './own-authority.ts';

/** Tells how one cluster is. */
type Inspect = (record: ClusterRecord) => Promise<ClusterCondition>;

/** @throws when called: DevregError of engine and files */
export function openInspection(env: Readonly<Record<string, string | undefined>>, folders: Folders): Inspect {
  const opened = new Map<string, Promise<ClusterProvider>>();
  const open = ({ engine, engineAt }: ClusterRecord) => {
    const key = `${engine} ${engineAt?.context ?? ''} ${engineAt?.endpoint ?? ''}`;
    const clusters = opened.get(key) ?? openMachine(env, engine, engineAt).then(openClusters);
    opened.set(key, clusters);
    return clusters;
  };
  return async (record) => {
    const authority = await readAuthority(record, folders);
    return inspectCluster(record, await open(record), authority?.pem);
  };
}

/**
 * As `openInspection`, for lists: one cluster that cannot be looked at does not take the others with it.
 * @param warn is told why, once for each reason
 */
export function openPatientInspection(inspect: Inspect, warn: (text: string) => void): Inspect {
  const told = new Set<string>();
  return async (record) => {
    try {
      return await inspect(record);
    } catch (error) {
      if (!isDevregError(error)) throw error;
      if (!told.has(error.message)) warn(error.message);
      told.add(error.message);
      return { state: 'unknown', nodes: [] };
    }
  };
}
