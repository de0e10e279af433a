/** Finds the containers that kind has made. Its labels on them are the only state there is. */
import type { Container, ContainerEngine } from '../../engine/engine.ts';
import type { ClusterNode, FoundNode } from '../cluster-provider.ts';

/** The label of every container that kind has made; its value is the name of the cluster. */
export const CLUSTER_LABEL = 'io.x-k8s.kind.cluster';
const ROLE_LABEL = 'io.x-k8s.kind.role';

/** @returns the names of all clusters, sorted */
export async function listClusters(engine: ContainerEngine): Promise<readonly string[]> {
  const containers = await engine.listContainers(CLUSTER_LABEL);
  const names = containers.map(({ labels }) => labels[CLUSTER_LABEL]).filter((name) => name !== undefined);
  return [...new Set(names)].toSorted();
}

/** @returns all containers of a cluster, nodes or not */
export async function listClusterContainers(engine: ContainerEngine, cluster: string): Promise<readonly Container[]> {
  return engine.listContainers(`${CLUSTER_LABEL}=${cluster}`);
}

/** The nodes among containers, control planes first, each in the order that kind numbers them. */
export function pickNodes(containers: readonly Container[]): readonly FoundNode[] {
  return containers
    .flatMap(({ name, labels, isRunning }) => {
      const role = labels[ROLE_LABEL];
      return role === 'control-plane' || role === 'worker' ? [{ name, role, isRunning } as const] : [];
    })
    .toSorted((left, right) => compare(rankOf(left), rankOf(right)));
}

/** Whether a container stands before the API servers of several control planes. */
export function isBalancer({ labels }: Container): boolean {
  return labels[ROLE_LABEL] === 'external-load-balancer';
}

/** `x-worker2` comes before `x-worker10`. */
function rankOf({ role, name }: ClusterNode): readonly [string, number, string] {
  return [role, name.length, name];
}

function compare(left: readonly (string | number)[], right: readonly (string | number)[]): number {
  const index = left.findIndex((part, at) => part !== right[at]);
  const [mine = '', theirs = ''] = [left[index], right[index]];
  return mine < theirs ? -1 : Number(mine > theirs);
}
