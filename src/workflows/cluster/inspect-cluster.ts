/** How a cluster is, without waiting for anything. */
import type { ClusterProvider } from '../../cluster/cluster-provider.ts';
import type { ClusterRecord } from '../../state/record.ts';
import { ownDoor } from '../door.ts';
import { askDoor } from './door-check.ts';

/**
 * How a cluster is: `unfinished` when `create` was cut off, `missing` when its nodes are gone, `stopped` when one of
 * them does not run, `unready` when the registry does not answer, `unknown` when it cannot be looked at.
 */
export interface ClusterCondition {
  readonly state: 'running' | 'unready' | 'stopped' | 'missing' | 'unfinished' | 'unknown';
  readonly nodes: readonly string[];
}

/**
 * Looks at a cluster's nodes, and knocks at its registry.
 * @param authority the certificate to believe, PEM; undefined without TLS
 * @throws DevregError of the engine
 */
export async function inspectCluster(
  record: ClusterRecord,
  clusters: ClusterProvider,
  authority: string | undefined,
): Promise<ClusterCondition> {
  const { name, stage } = record;
  const found = await clusters.listNodes(name);
  const nodes = found.map((node) => node.name);
  if (stage === 'creating') return { state: 'unfinished', nodes };
  if (found.length === 0) return { state: 'missing', nodes };
  if (!found.every((node) => node.isRunning)) return { state: 'stopped', nodes };
  const closed = await askDoor(ownDoor(record, authority));
  return { state: closed === undefined ? 'running' : 'unready', nodes };
}
