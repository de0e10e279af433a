/** Takes along the signatures that are kept beside an image: those about manifests that were copied. */
import type { Digest } from '../oci/digest.ts';
import type { ImageSource } from './image-source.ts';
import type { ImageTarget } from './image-target.ts';

/**
 * Hands signatures over, before the target is finished.
 * @param copied manifests that are in the target, or will be
 * @returns sentences about those that stay behind
 * @throws DevregError of source and target
 */
export async function copySignatures(
  source: ImageSource,
  target: ImageTarget,
  copied: readonly Digest[],
): Promise<readonly string[]> {
  const all = (await source.readSignatures?.()) ?? new Map<Digest, readonly Uint8Array[]>();
  const signatures = new Map([...all].filter(([digest]) => copied.includes(digest)));
  if (target.writeSignatures !== undefined) await target.writeSignatures(signatures);
  const left = target.writeSignatures === undefined ? count(all) : count(all) - count(signatures);
  if (left === 0) return [];
  const stay = `${left} signature${left === 1 ? ' stays' : 's stay'} behind in ${source.name}`;
  return target.writeSignatures === undefined
    ? [`${stay}: ${target.name} has no place for such files.`]
    : [`${stay}, about manifests that are not copied.`];
}

function count(signatures: ReadonlyMap<Digest, readonly Uint8Array[]>): number {
  return [...signatures.values()].reduce((sum, contents) => sum + contents.length, 0);
}
