/** Has nodes pull images as their kubelets do, and takes the images away again. */
import type { ContainerEngine } from '../engine/engine.ts';
import { REGISTRY_FOLDER } from '../rendering/kind-config.ts';
import { execOnNode } from './node-exec.ts';

/** The namespace that the kubelet's images are in. */
const CTR = 'ctr --namespace k8s.io images';

/**
 * By the kubelet's own interface where the node has a client for it, else by containerd with the same settings. Scripts
 * are read from standard input: what is on the command line would stand in every error.
 */
const PULL = `if command -v crictl > /dev/null; then
  crictl pull "$1" > /dev/null < /dev/null
else
  ${CTR} pull --hosts-dir ${REGISTRY_FOLDER} "$1" > /dev/null < /dev/null
fi
${CTR} ls "name==$1" < /dev/null | while read -r name type digest rest; do
  if [ "$name" = "$1" ]; then echo "$digest"; fi
done
`;

/** The kubelet's interface keeps an image by the digest of its configuration, too. */
const REMOVE = `for name in $(${CTR} ls --quiet "target.digest==$1"); do
  ${CTR} rm "$name" > /dev/null < /dev/null
done
`;

/**
 * Pulls an image, whether or not it is there.
 * @param reference as images are named in pods
 * @returns its digest as the node knows it; empty when the node does not tell
 * @throws DevregError EXEC_FAILED with what containerd said, NODE_IMAGE_UNFIT
 */
export async function pullOnNode(
  engine: ContainerEngine,
  node: string,
  reference: string,
  signal: AbortSignal,
): Promise<string> {
  const command = ['/bin/sh', '-e', '-s', reference];
  return (await execOnNode(engine, { container: node, command, input: PULL, signal })).trim();
}

/**
 * Removes an image by its digest, whatever it is called; fine when it is not there.
 * @throws DevregError EXEC_FAILED, NODE_IMAGE_UNFIT
 */
export async function removeFromNode(
  engine: ContainerEngine,
  node: string,
  digest: string,
  signal: AbortSignal,
): Promise<void> {
  const command = ['/bin/sh', '-e', '-s', digest];
  await execOnNode(engine, { container: node, command, input: REMOVE, signal });
}

/** @returns the processor of a node as the kernel calls it, `x86_64` */
export async function readNodeProcessor(engine: ContainerEngine, node: string, signal: AbortSignal): Promise<string> {
  return (await execOnNode(engine, { container: node, command: ['uname', '-m'], signal })).trim();
}
