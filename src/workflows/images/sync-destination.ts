/** Where a sync puts images, by skopeo's rules. Pure. */
import { join } from 'node:path';
import { parseTransport } from '../../archives/transport.ts';
import { DevregError } from '../../errors.ts';
import { type Reference, formatReference } from '../../oci/reference.ts';
import { type ImagePlace, hostIn, parseImagePlace, parseRegistryReference } from './image-place.ts';

/** A registry with a prefix, or a folder. */
export interface SyncDestination {
  readonly kind: 'docker' | 'dir';
  /** `HOST[/PREFIX]`, or the folder. */
  readonly base: string;
  /** Whether the whole name of the source follows, instead of its last part. */
  readonly scoped: boolean;
  /** Added to every tag. */
  readonly suffix: string;
}

/** How destinations are written. */
export interface DestinationText {
  readonly text: string;
  /** As `--dest` says it; undefined: as the text begins. */
  readonly kind: 'docker' | 'dir' | undefined;
  readonly scoped: boolean;
  readonly suffix: string;
}

/**
 * Reads a destination: `dir:FOLDER`, `docker://HOST/PREFIX`, either without its beginning where the kind is told.
 * @throws DevregError DESTINATION_INVALID, REFERENCE_INVALID
 */
export function parseDestination(
  { text, kind, scoped, suffix }: DestinationText,
  ownHost: () => string,
): SyncDestination {
  const isDir = kind === 'dir' || (kind === undefined && text.startsWith('dir:'));
  if (isDir) return { kind: 'dir', base: text.replace(/^dir:/, ''), scoped, suffix };
  if (kind === undefined && parseTransport(text) !== undefined) {
    throw new DevregError('usage', 'DESTINATION_INVALID', `A sync goes to registries and folders, not to ${text}.`, {
      hint: 'Write dir:FOLDER or HOST/PREFIX; devreg images export makes archives.',
    });
  }
  const bare = text.replace(/^docker:\/\//, '').replace(/\/$/, '');
  const isOwn = bare === '@';
  const base = isOwn ? ownHost() : (hostIn(bare) ?? prefixOf(bare, ownHost));
  return { kind: 'docker', base, scoped, suffix };
}

function prefixOf(text: string, ownHost: () => string): string {
  const { registry, repository, tag, digest } = parseRegistryReference(text, ownHost);
  if (tag === undefined && digest === undefined) return `${registry}/${repository}`;
  throw new DevregError('usage', 'DESTINATION_INVALID', `${text} is one image, and a sync needs the place of many.`, {
    hint: 'Leave the tag out, or use devreg images copy.',
  });
}

/** Where an image of a registry goes. */
export function placeIn({ kind, base, scoped, suffix }: SyncDestination, reference: Reference): ImagePlace {
  const { tag, digest } = reference;
  // A tag beside a digest is a name, and names can be had again.
  const named = tag === undefined ? reference : { ...reference, digest: undefined };
  const { digest: _digest, ...byTag } = named;
  const whole = digest !== undefined && tag === undefined ? formatReference(reference) : formatReference({ ...byTag });
  const end = `${scoped ? whole : whole.slice(whole.lastIndexOf('/') + 1)}${suffix}`;
  if (kind === 'dir') return folderPlace(join(base, end));
  return parseImagePlace(`docker://${base}/${end}`, () => base);
}

/** Where a folder of images goes; its path names it. */
export function placeOfFolder({ kind, base, scoped, suffix }: SyncDestination, path: string): ImagePlace {
  const end = `${scoped ? path : path.slice(path.lastIndexOf('/') + 1)}${suffix}`;
  if (kind === 'dir') return folderPlace(join(base, end));
  // The port of a registry in a scoped path would be taken for a tag.
  return parseImagePlace(`docker://${base}/${end}`, () => base);
}

/** The place of one image in a folder, whatever its path looks like. */
export function folderPlace(path: string): ImagePlace {
  return {
    kind: 'archive',
    transport: { kind: 'dir', path, reference: undefined, index: undefined },
    text: `dir:${path}`,
  };
}
