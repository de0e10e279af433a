/** Copies one image from one place to another. */
import type { TargetOptions } from '../../archives/archive-ports.ts';
import type { CopyChoice, CopyObserver, CopyResult } from '../../copy/copy-image.ts';
import { DevregError } from '../../errors.ts';
import { parsePlatform } from '../../oci/platform.ts';
import { type ImagePlace, endOf, formatPlace, referenceIn, tagOrDigest } from './image-place.ts';
import { type ImagePorts, openSource, openTarget } from './image-ports.ts';
import { tagImage } from './tag-image.ts';

/** How images are copied. */
export interface CopyWish {
  readonly choice: CopyChoice;
  /** Whether an image that is there already stays as it is. */
  readonly noClobber: boolean;
  /** More tags, or for archives more names. */
  readonly moreTags: readonly string[];
}

/** What became of one image. */
export interface CopiedImage {
  readonly source: string;
  readonly target: string;
  readonly outcome: 'copied' | 'skipped';
  /** Undefined when nothing was copied. */
  readonly result: CopyResult | undefined;
}

/**
 * Copies.
 * @throws DevregError of the places and of copying; the signal's reason
 */
export async function copyOne(
  from: ImagePlace,
  to: ImagePlace,
  wish: CopyWish,
  ports: ImagePorts,
  observer: CopyObserver,
): Promise<CopiedImage> {
  const [source, target] = [formatPlace(from), formatPlace(to)];
  if (wish.noClobber && (await isThere(to, ports))) return { source, target, outcome: 'skipped', result: undefined };
  await using opened = await openSource(from, ports);
  await using into = await openTarget(to, targetOptions(to, wish), ports);
  const result = await ports.copyImage(opened, into, wish.choice, observer, ports.signal);
  if (to.kind === 'registry' && wish.moreTags.length > 0) {
    await tagImage({ ...to.reference, digest: result.digest }, wish.moreTags.map(tagOf), ports);
  }
  return { source, target, outcome: 'copied', result };
}

/** Archives take whole names. */
function targetOptions(to: ImagePlace, { choice, moreTags }: CopyWish): TargetOptions {
  const [only, ...others] = typeof choice.platforms === 'string' ? [] : choice.platforms;
  const platform = only === undefined || others.length > 0 ? undefined : parsePlatform(only);
  return {
    ...(to.kind === 'archive' && moreTags.length > 0 ? { names: moreTags } : {}),
    ...(platform === undefined ? {} : { platform }),
  };
}

async function isThere(place: ImagePlace, { registries, signal }: ImagePorts): Promise<boolean> {
  if (place.kind === 'archive')
    throw new DevregError('usage', 'OPTIONS_CLASH', `--no-clobber is about registries, and ${place.text} is none.`);
  const { registry, repository } = place.reference;
  const client = await registries.open(registry, 'target');
  return (await client.headManifest(repository, tagOrDigest(place.reference), signal)) !== undefined;
}

/** skopeo takes whole references for more tags; of one in a registry its tag counts. */
function tagOf(text: string): string {
  return text.includes('/') ? text.slice(text.lastIndexOf(':') + 1) : text.replace(/^.*:/, '');
}

/** The place of the same image below another place, when several are copied at once. */
export function placeBelow(target: ImagePlace, source: ImagePlace): ImagePlace {
  const isPrefix =
    target.kind === 'registry' && target.reference.tag === undefined && target.reference.digest === undefined;
  if (!isPrefix || source.kind !== 'registry')
    throw new DevregError(
      'usage',
      'OPTIONS_CLASH',
      'Several images are copied from registries to HOST/PREFIX, without a tag.',
      {
        hint: 'Copy them one by one, or use devreg images sync.',
      },
    );
  const { repository } = source.reference;
  const below = `${target.reference.repository}/${repository.slice(repository.lastIndexOf('/') + 1)}`;
  return { kind: 'registry', reference: referenceIn(target.reference.registry, `${below}${endOf(source.reference)}`) };
}
