/** Waits for the pieces of a cluster that is being made: runtimes that answer, a kubeconfig. */
import type { ContainerEngine } from '../../engine/engine.ts';
import { DevregError } from '../../errors.ts';
import type { ClusterNode } from '../cluster-provider.ts';
import { execOnNode } from '../node-exec.ts';
import { findApiServer, toKubeconfig } from './admin-kubeconfig.ts';
import { makeReachable } from './reachable-api.ts';
import { isBalancer, listClusterContainers, pickNodes } from './kind-nodes.ts';

/** Tries of a tenth of a second: a minute for the runtime, ten for the control plane. */
const RUNTIME_TRIES = 600;
const KUBECONFIG_TRIES = 6_000;

/** Waits inside the node, which takes one exec and no traffic. What it says in the end is the last try's. */
async function waitInside(
  engine: ContainerEngine,
  container: string,
  attempt: string,
  options: { readonly tries: number; readonly signal: AbortSignal },
): Promise<void> {
  const input = `n=0
until ${attempt} > /dev/null 2>&1; do
  n=$((n + 1))
  if [ $n -ge ${options.tries} ]; then ${attempt}; exit 1; fi
  sleep 0.1
done
`;
  await execOnNode(engine, { container, command: ['/bin/sh', '-s'], input, signal: options.signal });
}

/** @returns the nodes, each with a container runtime that answers */
export async function awaitNodes(
  engine: ContainerEngine,
  cluster: string,
  signal: AbortSignal,
): Promise<readonly ClusterNode[]> {
  const nodes = pickNodes(await listClusterContainers(engine, cluster));
  await Promise.all(nodes.map(({ name }) => waitInside(engine, name, 'ctr version', { tries: RUNTIME_TRIES, signal })));
  return nodes.map(({ name, role }) => ({ name, role }));
}

/** @returns the kubeconfig that kubeadm made on the first control plane, good on this machine */
export async function awaitKubeconfig(engine: ContainerEngine, cluster: string, signal: AbortSignal): Promise<string> {
  const containers = await listClusterContainers(engine, cluster);
  const [node] = pickNodes(containers);
  const server = findApiServer(containers, isBalancer);
  if (node === undefined || server === undefined) {
    throw new DevregError(
      'failure',
      'CLUSTER_FAILED',
      `No port of this machine leads to the API of cluster ${cluster}.`,
    );
  }
  const file = '/etc/kubernetes/admin.conf';
  await waitInside(engine, node.name, `grep client-key-data ${file}`, { tries: KUBECONFIG_TRIES, signal });
  const text = await execOnNode(engine, { container: node.name, command: ['cat', file], signal });
  return toKubeconfig(text, cluster, await makeReachable(server, engine));
}
