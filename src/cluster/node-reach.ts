/** Whether nodes reach the registry: its address is a Service's, which each node has to be told of by the cluster. */
import type { ContainerEngine } from '../engine/engine.ts';
import type { ClusterNode } from './cluster-provider.ts';
import { execOnNode } from './node-exec.ts';

/** What runs in the node ends by itself even when nobody waits for it any more. */
const TRIES = 10;

/** bash opens connections by itself; the images of nodes begin with it. */
const SCRIPT = `for i in $(seq ${TRIES}); do
  if timeout 1 bash -c 'exec 3<> "/dev/tcp/$0/$1"' "$0" "$1" 2> /dev/null; then echo open; exit; fi
  sleep 0.2
done`;

/**
 * Resolves when each node gets a connection.
 * @param address of the registry's Service, without brackets
 * @throws DevregError NODE_IMAGE_UNFIT, EXEC_FAILED, what the engine throws; the signal's reason when it aborts
 */
export async function awaitReach(
  engine: ContainerEngine,
  nodes: readonly Pick<ClusterNode, 'name'>[],
  { address, port }: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  const command = ['/bin/bash', '-c', SCRIPT, address, `${port}`];
  const reach = async (container: string) => {
    while ((await execOnNode(engine, { container, command, signal })).trim() !== 'open') signal.throwIfAborted();
  };
  await Promise.all(nodes.map(({ name }) => reach(name)));
}
