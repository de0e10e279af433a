/** The list of an image's platforms in the other format, with its children as they are there. Pure. */
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, algorithmOf, digestOf } from '../../oci/digest.ts';
import type { StoredManifest } from '../image-source.ts';
import { changeEntries } from '../index-entries.ts';
import { describe } from './convert-manifest.ts';
import { type GoValue, formatGoJson } from './go-json.ts';
import { FORMAT_TYPES, type ImageFormat } from './image-formats.ts';

/**
 * Makes the list as containers/image does; one that has the format already keeps all but its children.
 * @param entries of the list as it is
 * @param children what stands for each of them by its digest; those that are not in it are left out
 */
export function convertIndex(
  index: StoredManifest,
  entries: readonly Descriptor[],
  children: ReadonlyMap<string, StoredManifest>,
  format: ImageFormat,
): StoredManifest {
  const { index: mediaType } = FORMAT_TYPES[format];
  if (index.mediaType !== mediaType) return writeIndex(index.digest, mediaType, entries, children, format);
  return changeEntries(index, (entry) => {
    const child = children.get(String(entry['digest']));
    return child === undefined ? undefined : { ...entry, ...pointTo(child) };
  });
}

function writeIndex(
  original: Digest,
  mediaType: string,
  entries: readonly Descriptor[],
  children: ReadonlyMap<string, StoredManifest>,
  format: ImageFormat,
): StoredManifest {
  const manifests = entries.flatMap(({ digest, urls = [], platform }) => {
    const child = children.get(digest);
    if (child === undefined) return [];
    const described = describe({ ...pointTo(child), urls }, format);
    return [platform === undefined ? described : described.set('platform', describePlatform(platform))];
  });
  const fields = new Map<string, GoValue>([
    ['schemaVersion', 2],
    ['mediaType', mediaType],
    ['manifests', manifests],
  ]);
  const bytes = Buffer.from(formatGoJson(fields));
  return { bytes, mediaType, digest: digestOf(bytes, algorithmOf(original)) };
}

function pointTo({ mediaType, digest, bytes }: StoredManifest): Pick<Descriptor, 'mediaType' | 'digest' | 'size'> {
  return { mediaType, digest, size: bytes.length };
}

function describePlatform(platform: NonNullable<Descriptor['platform']>): ReadonlyMap<string, GoValue> {
  const { architecture, os, variant, 'os.version': version, 'os.features': features } = platform;
  return new Map<string, GoValue>([
    ['architecture', architecture],
    ['os', os],
    ...optional('os.version', version),
    ...optional('os.features', features),
    ...optional('variant', variant),
  ]);
}

function optional(name: string, value: string | readonly string[] | undefined): [string, GoValue][] {
  return value === undefined || value.length === 0 ? [] : [[name, value]];
}
