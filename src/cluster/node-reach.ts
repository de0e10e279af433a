/** Whether nodes reach the registry: its address is a Service's, which each node has to be told of by the cluster. */
import type { ContainerEngine } from '../engine/engine.ts';
import type { ClusterNode } from './cluster-provider.ts';
import { execOnNode } from './node-exec.ts';

/** What runs in the node ends by itself even when nobody waits for it any more. */
const TRIES = 10;

/**
 * bash opens connections by itself; the images of nodes begin with it. After a restart the address may lead to where a
 * pod was before, so the registry has to say who it is, which it does in plain HTTP on every port; an image of the
 * user's may take only TLS, and then says so.
 */
const SCRIPT = String.raw`ask() {
  exec 3<> "/dev/tcp/$1/$2"
  printf 'GET /v2/ HTTP/1.0\r\nHost: registry\r\n\r\n' >&3
  grep -qi -e '^docker-distribution-api-version: *registry/2[.]0' -e 'HTTP request to an HTTPS server' <&3
}
export -f ask
for i in $(seq ${TRIES}); do
  if timeout 2 bash -c 'ask "$0" "$1"' "$0" "$1" 2> /dev/null; then echo open; exit; fi
  sleep 0.2
done`;

/**
 * Resolves when the registry answers each node.
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
