/** What of an image is meant: all of it, or what runs on some platforms. Pure. */
import { DevregError } from '../errors.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { readManifestContent } from '../oci/manifest-content.ts';
import { isProblem } from '../oci/manifest.ts';
import { choosePlatform, formatPlatform, parsePlatform } from '../oci/platform.ts';
import type { StoredManifest } from './image-source.ts';
import { changeEntries } from './index-entries.ts';

/** The manifest to be copied: one that is there, or one that had to be made. */
export type ChosenRoot =
  | { readonly kind: 'kept'; readonly manifest: StoredManifest }
  /** A single child in place of the index. */
  | { readonly kind: 'child'; readonly descriptor: Descriptor }
  /** The index with fewer children. */
  | { readonly kind: 'narrowed'; readonly manifest: StoredManifest };

/** What BuildKit writes at an attestation: the manifest that it is about. */
export const ABOUT = 'vnd.docker.reference.digest';

/**
 * Chooses by platforms. An image without an index is taken as it is, whatever it runs on; a platform may be met by
 * several manifests, and keeps its attestations.
 * @param name of the image, for sentences
 * @throws DevregError PLATFORM_ABSENT, PLATFORM_INVALID
 */
export function chooseRoot(root: StoredManifest, platforms: readonly string[], name: string): ChosenRoot {
  const content = readManifestContent(root.bytes, root.mediaType);
  if (isProblem(content) || content.manifests.length === 0) return { kind: 'kept', manifest: root };
  const chosen = platforms.flatMap((platform) => choose(platform, content.manifests, name));
  const [only, ...others] = new Set(chosen.map(({ digest }) => digest));
  const descriptor = chosen.find(({ digest }) => digest === only);
  if (platforms.length === 1 && others.length === 0 && descriptor !== undefined) return { kind: 'child', descriptor };
  const kept = new Set(chosen.map(({ digest }) => String(digest)));
  const isKept = ({ digest, annotations }: Pick<Descriptor, 'digest' | 'annotations'>) =>
    kept.has(digest) || kept.has(annotations?.[ABOUT] ?? '');
  if (content.manifests.every(isKept)) return { kind: 'kept', manifest: root };
  return {
    kind: 'narrowed',
    manifest: narrow(root, new Set(content.manifests.filter(isKept).map(({ digest }) => digest))),
  };
}

function choose(text: string, offers: readonly Descriptor[], name: string): Descriptor[] {
  const platform = parsePlatform(text);
  if (platform === undefined) {
    throw new DevregError('usage', 'PLATFORM_INVALID', `${JSON.stringify(text)} is not a platform.`, {
      hint: 'Write it as OS/ARCHITECTURE, or OS/ARCHITECTURE/VARIANT: linux/arm64, linux/arm/v7.',
    });
  }
  const found = choosePlatform(platform, offers);
  if (found.length > 0) return found;
  const there = offers.flatMap((offer) => (offer.platform === undefined ? [] : [formatPlatform(offer.platform)]));
  const known = [...new Set(there)].filter((one) => one !== 'unknown/unknown');
  throw new DevregError('not-found', 'PLATFORM_ABSENT', `${name} has nothing for ${text}.`, {
    hint:
      known.length === 0 ? 'It does not say what it is for; copy all of it.' : `It is there for ${known.join(', ')}.`,
  });
}

function narrow(root: StoredManifest, kept: ReadonlySet<string>): StoredManifest {
  return changeEntries(root, (entry) => (kept.has(String(entry['digest'])) ? entry : undefined));
}
