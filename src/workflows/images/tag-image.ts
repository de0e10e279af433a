/** Gives an image in a registry more tags; nothing is moved. */
import { DevregError } from '../../errors.ts';
import type { Digest } from '../../oci/digest.ts';
import type { Reference } from '../../oci/reference.ts';
import { parseTag } from '../../oci/repository.ts';
import { tagOrDigest } from './image-place.ts';
import type { ImagePorts } from './image-ports.ts';

/**
 * Tags.
 * @returns the digest that all of them lead to
 * @throws DevregError TAG_INVALID, IMAGE_NOT_FOUND, and those of the registry
 */
export async function tagImage(reference: Reference, tags: readonly string[], ports: ImagePorts): Promise<Digest> {
  const wrong = tags.find((tag) => parseTag(tag) === undefined);
  if (wrong !== undefined) {
    throw new DevregError('usage', 'TAG_INVALID', `${JSON.stringify(wrong)} cannot be a tag.`, {
      hint: 'Give the tag alone: letters, digits, dots, dashes and underscores. Other repositories are for devreg images copy.',
    });
  }
  const { registry, repository } = reference;
  const client = await ports.registries.open(registry, 'target');
  const manifest = await client.getManifest(repository, tagOrDigest(reference), ports.signal);
  for (const tag of tags) await client.putManifest(repository, tag, manifest, ports.signal);
  return manifest.digest;
}
