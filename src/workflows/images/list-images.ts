/** Lists the images of a registry, or of one repository of it. */
import type { RegistryClient } from '../../client/registry/registry-client.ts';
import type { ImageSource } from '../../copy/image-source.ts';
import { isDevregError } from '../../errors.ts';
import type { Digest } from '../../oci/digest.ts';
import { type Reference, formatReference } from '../../oci/reference.ts';
import { readConfigFacts } from './image-config.ts';
import { type RepositoryPlace, referenceIn } from './image-place.ts';
import type { ImagePorts } from './image-ports.ts';
import { readTree, sizeOf } from './image-tree.ts';
import { inParallel } from './in-parallel.ts';

/** One tag. */
export interface ListedImage {
  /** With nothing left out. */
  readonly reference: string;
  /** Without the registry's name. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Of all its platforms together, in bytes, as it is stored. */
  readonly size: number;
  /** When it was made, as it says itself; ISO 8601. */
  readonly created: string | null;
  readonly platforms: readonly string[];
}

/** Requests at the same time. */
export const REQUESTS = 8;

/**
 * Lists them, by repository and tag. What was deleted meanwhile is left out.
 * @throws DevregError of the registry, IMAGE_NOT_FOUND for a repository that is not there; the signal's reason
 */
export async function listImages(place: RepositoryPlace, ports: ImagePorts): Promise<readonly ListedImage[]> {
  const client = await ports.registries.open(place.host, 'source');
  const references = await listReferences(place, client, ports.signal);
  const rows = await inParallel(references, REQUESTS, ports.signal, async (reference, signal) => {
    await using source = ports.openImage(client, reference);
    return describe(reference, source, signal);
  });
  return rows.filter((row) => row !== undefined);
}

/** Every tag of a registry or repository, by name. */
export async function listReferences(
  { host, repository }: RepositoryPlace,
  client: RegistryClient,
  signal: AbortSignal,
): Promise<readonly Reference[]> {
  const repositories = repository === undefined ? await Array.fromAsync(client.listRepositories(signal)) : [repository];
  const lists = await inParallel(repositories, REQUESTS, signal, async (name, inner) => {
    const tags = await listTags(client, name, repository !== undefined, inner);
    return tags.map((tag) => referenceIn(host, `${name}:${tag}`));
  });
  return lists.flat();
}

/** @param isNamed whether its absence is the user's mistake; else it went while the registry was asked */
async function listTags(
  client: RegistryClient,
  repository: string,
  isNamed: boolean,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return (await Array.fromAsync(client.listTags(repository, signal))).toSorted();
  } catch (error) {
    if (isNamed || !isNotFound(error)) throw error;
    return [];
  }
}

async function describe(
  reference: Reference,
  source: ImageSource,
  signal: AbortSignal,
): Promise<ListedImage | undefined> {
  try {
    const tree = await readTree(source, signal);
    const { created, platforms } = await readConfigFacts(tree, source, signal);
    return {
      reference: formatReference(reference),
      repository: reference.repository,
      tag: reference.tag ?? '',
      digest: tree.root.digest,
      mediaType: tree.root.mediaType,
      size: sizeOf(tree),
      created: created?.toISOString() ?? null,
      platforms,
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return isDevregError(error) && error.code === 'IMAGE_NOT_FOUND';
}
