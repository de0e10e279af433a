/** Gives the kubelet of every node logins for other registries, so that pods run images of those without a pull secret. */
import type { ContainerEngine } from '../engine/engine.ts';
import type { ClusterNode } from './cluster-provider.ts';
import { execOnNode } from './node-exec.ts';

/** Where a kubelet looks for them by itself (Kubernetes, pkg/credentialprovider/config.go). */
const FILE = '/var/lib/kubelet/config.json';

/** It looks again after five minutes only, or when it is started. */
const SCRIPT = `set -eu
umask 077
mkdir -p "$(dirname "$1")"
cat > "$1.new"
if cmp -s "$1.new" "$1"; then rm -f "$1.new"; exit 0; fi
mv -f "$1.new" "$1"
if [ "$2" = yes ]; then systemctl try-restart kubelet; fi`;

/**
 * Writes the logins; those that are there as they should be are left alone.
 * @param logins what docker has in its `config.json`
 * @param isRunning whether kubelets may have looked already
 * @throws DevregError NODE_IMAGE_UNFIT, EXEC_FAILED, and what the engine throws
 */
export async function writeNodeLogins(
  engine: ContainerEngine,
  nodes: readonly Pick<ClusterNode, 'name'>[],
  logins: string,
  isRunning: boolean,
  signal: AbortSignal,
): Promise<void> {
  const command = ['/bin/sh', '-c', SCRIPT, 'sh', FILE, isRunning ? 'yes' : 'no'];
  await Promise.all(nodes.map(({ name }) => execOnNode(engine, { container: name, command, input: logins, signal })));
}
