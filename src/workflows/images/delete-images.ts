/** Deletes tags and manifests. */
import { DevregError } from '../../errors.ts';
import { type Digest } from '../../oci/digest.ts';
import { type Reference, formatReference } from '../../oci/reference.ts';
import { tagOrDigest, withTag } from './image-place.ts';
import type { ImagePorts } from './image-ports.ts';
import { REQUESTS } from './list-images.ts';
import { inParallel } from './in-parallel.ts';

/** One thing that is to be deleted. */
export interface PlannedDeletion {
  readonly reference: Reference;
  /** What the reference leads to. */
  readonly digest: Digest;
  /** Deleting a manifest takes these tags with it; of a tag alone, it is the only one. */
  readonly tags: readonly string[];
  readonly isManifest: boolean;
}

/**
 * Finds out what deleting would take away; nothing is deleted.
 * @param wholeManifest whether tags stand for what they lead to
 * @throws DevregError IMAGE_NOT_FOUND, and those of the registry
 */
export async function planDeletions(
  references: readonly Reference[],
  wholeManifest: boolean,
  ports: ImagePorts,
): Promise<readonly PlannedDeletion[]> {
  return inParallel(references.map(withTag), REQUESTS, ports.signal, async (reference, signal) => {
    const { registry, repository, tag } = reference;
    const client = await ports.registries.open(registry, 'target');
    const head = await client.headManifest(repository, tagOrDigest(reference), signal);
    if (head === undefined) throw notThere(reference);
    const isManifest = reference.digest !== undefined || wholeManifest;
    const tags = isManifest ? await tagsOf(reference, head.digest, ports, signal) : [tag ?? ''];
    return { reference, digest: head.digest, tags, isManifest };
  });
}

/**
 * Deletes what was planned. What is not there any more counts as deleted.
 * @throws DevregError DELETE_UNSUPPORTED, ACCESS_DENIED, and others of the registry
 */
export async function deleteImages(deletions: readonly PlannedDeletion[], ports: ImagePorts): Promise<void> {
  for (const { reference, digest, isManifest } of deletions) {
    const client = await ports.registries.open(reference.registry, 'target');
    await deleteOne(() =>
      client.deleteManifest(reference.repository, isManifest ? digest : (reference.tag ?? ''), ports.signal),
    );
  }
}

/** Deletes, or finds it deleted. */
export async function deleteOne(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DevregError) || error.code !== 'IMAGE_NOT_FOUND') throw error;
  }
}

async function tagsOf(
  { registry, repository }: Reference,
  digest: Digest,
  { registries }: ImagePorts,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const client = await registries.open(registry, 'target');
  const tags = await Array.fromAsync(client.listTags(repository, signal));
  const heads = await inParallel(tags, REQUESTS, signal, (tag, inner) => client.headManifest(repository, tag, inner));
  return tags.filter((_, index) => heads[index]?.digest === digest);
}

function notThere(reference: Reference): DevregError {
  return new DevregError('not-found', 'IMAGE_NOT_FOUND', `There is no image ${formatReference(reference)}.`, {
    hint: `See devreg images list-tags ${reference.registry}/${reference.repository}.`,
  });
}
