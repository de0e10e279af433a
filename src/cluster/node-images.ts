/** Brings images into a node's own store, past any registry. */
import type { Readable } from 'node:stream';
import type { ContainerEngine } from '../engine/engine.ts';
import { execOnNode } from './node-exec.ts';

/** The namespace that the kubelet's images are in. */
const CTR = ['ctr', '--namespace', 'k8s.io', 'images'] as const;

/**
 * containerd 2 passes an archive through its transfer service unless told otherwise, which takes twice as long; before
 * 1.7 there was no such choice.
 */
const IMPORT = `${CTR.join(' ')} import $(ctr images import --help < /dev/null | grep -o -m 1 -e --local) -`;

/**
 * Imports an archive, streamed, with the names it gives its images. Only what is for the node's platform is read: an
 * engine's archive of an image for several may lack the others' layers.
 * @param archive an OCI or Docker archive, not compressed
 * @throws DevregError EXEC_FAILED with what containerd said, NODE_IMAGE_UNFIT
 */
export async function importImage(
  engine: ContainerEngine,
  node: string,
  archive: Readable,
  signal?: AbortSignal,
): Promise<void> {
  const command = ['/bin/sh', '-c', IMPORT];
  await execOnNode(engine, { container: node, command, input: archive, ...(signal && { signal }) });
}

/**
 * Whether the kubelet finds an image on a node without pulling it.
 * @param reference with or without `docker.io/library/`
 */
export async function hasImage(
  engine: ContainerEngine,
  node: string,
  reference: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const name = toFullReference(reference);
  const command = [...CTR, 'ls', '--quiet', `name=="${name}"`];
  const output = await execOnNode(engine, { container: node, command, ...(signal && { signal }) });
  return output.split('\n').includes(name);
}

/**
 * What Podman calls an image that it was given without the name of a registry, where others say `docker.io/`.
 * @returns undefined for a reference to another registry
 */
export function toLocalReference(reference: string): string | undefined {
  const [, name] = /^docker\.io\/(?:library\/)?(.+)$/.exec(toFullReference(reference)) ?? [];
  return name === undefined ? undefined : `localhost/${name}`;
}

/**
 * Gives an image of a node the name that pods have it by, where it has only the one that Podman gave it.
 * @throws DevregError EXEC_FAILED with what containerd said
 */
export async function ensureImageName(
  engine: ContainerEngine,
  node: string,
  reference: string,
  signal?: AbortSignal,
): Promise<void> {
  const local = toLocalReference(reference);
  if (local === undefined || (await hasImage(engine, node, reference, signal))) return;
  const command = [...CTR, 'tag', local, toFullReference(reference)];
  await execOnNode(engine, { container: node, command, ...(signal && { signal }) });
}

/** The name that a container runtime keeps an image by (distribution/reference, ParseNormalizedNamed). */
export function toFullReference(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const named = hasHost ? reference : `docker.io/${rest.length === 0 ? 'library/' : ''}${reference}`;
  return /[:@][^/]*$/.test(named.slice(named.lastIndexOf('/'))) ? named : `${named}:latest`;
}
