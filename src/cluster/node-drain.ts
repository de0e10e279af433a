/** Ends the registry on its node before the node is stopped: it finishes what it has begun and closes its files. */
import type { ContainerEngine } from '../engine/engine.ts';
import { execOnNode } from './node-exec.ts';

/** Tenths of a second that it gets; its own grace is eight seconds. */
const TENTHS = 100;

/**
 * Without the kubelet nobody starts it again; when the node starts, so does the kubelet. `ctr` warns on standard error.
 */
const SCRIPT = `set -eu
systemctl stop kubelet
ctr() { command ctr --namespace k8s.io "$@" 2> /dev/null; }
runs() { ctr tasks ls | grep -q "^$1 .* RUNNING"; }
for id in $(ctr containers ls --quiet 'labels."io.kubernetes.container.name"==registry'); do
  ctr tasks kill --signal SIGTERM "$id" || continue
  left=${TENTHS}
  while [ "$left" -gt 0 ] && runs "$id"; do
    sleep 0.1
    left=$((left - 1))
  done
  if runs "$id"; then echo "$id"; fi
done
`;

/**
 * Ends the registry on a node, and keeps it from being started again until the node is.
 * @returns whether it has ended
 * @throws DevregError NODE_IMAGE_UNFIT, EXEC_FAILED, and what the engine throws
 */
export async function drainRegistry(engine: ContainerEngine, node: string, signal: AbortSignal): Promise<boolean> {
  const request = { container: node, command: ['/bin/sh', '-s'], input: SCRIPT, signal };
  return (await execOnNode(engine, request)).trim() === '';
}
