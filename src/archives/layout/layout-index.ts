/** The list of images in an OCI layout: `index.json`. */
import type { Descriptor, Platform } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest, hexOf, parseDigest } from '../../oci/digest.ts';
import { OCI_INDEX } from '../../oci/media-types.ts';
import { archiveUnreadable } from '../archive-errors.ts';
import type { FileTree } from '../file-tree.ts';
import { asFields, asTexts, type Fields, parseDocument, readDocument } from '../small-files.ts';

/** The file that says that a folder is a layout, and what is in it. */
export const LAYOUT_FILE = 'oci-layout';
export const LAYOUT_VERSION = Buffer.from(JSON.stringify({ imageLayoutVersion: '1.0.0' }));

export const INDEX_FILE = 'index.json';

/** @see https://github.com/opencontainers/image-spec/blob/main/annotations.md */
export const REF_NAME = 'org.opencontainers.image.ref.name';

/** The full name by which containerd, Docker and podman know an image. */
export const CONTAINERD_NAME = 'io.containerd.image.name';

/** A list as it is stored: its images, and what else it says. */
export interface LayoutIndex {
  readonly fields: Fields;
  readonly entries: readonly Descriptor[];
}

export const EMPTY_INDEX: LayoutIndex = { fields: { schemaVersion: 2, mediaType: OCI_INDEX }, entries: [] };

/** Where a blob is. @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
export function blobPath(digest: Digest): string {
  return `blobs/${algorithmOf(digest)}/${hexOf(digest)}`;
}

/** Reads the list. @returns undefined when there is none. @throws DevregError ARCHIVE_UNREADABLE */
export async function readLayoutIndex(tree: FileTree): Promise<LayoutIndex | undefined> {
  const bytes = await readDocument(tree, INDEX_FILE);
  if (bytes === undefined) return undefined;
  const fields = asFields(parseDocument(tree, INDEX_FILE, bytes));
  const list = fields['manifests'] ?? [];
  if (!Array.isArray(list)) throw archiveUnreadable(tree.name, `${INDEX_FILE} has no list of manifests`);
  const entries = list.map(readDescriptor);
  const whole = entries.filter((entry) => entry !== undefined);
  if (whole.length < entries.length) throw archiveUnreadable(tree.name, `${INDEX_FILE} has a damaged entry`);
  return { fields, entries: whole };
}

/** Writes the list; what is not known stays. */
export function formatLayoutIndex({ fields, entries }: LayoutIndex): Buffer {
  return Buffer.from(JSON.stringify({ ...fields, manifests: entries }));
}

/** The names of an entry, full ones first. */
export function namesOf({ annotations }: Descriptor): readonly string[] {
  const names = [annotations?.[CONTAINERD_NAME], annotations?.[REF_NAME]];
  return [...new Set(names.filter((name) => name !== undefined && name !== ''))] as readonly string[];
}

/** Reads a descriptor. @returns undefined when digest, size or media type make no sense */
export function readDescriptor(value: unknown): Descriptor | undefined {
  const { mediaType = '', digest, size, platform, annotations, artifactType, urls, ...rest } = asFields(value);
  const parsed = typeof digest === 'string' ? parseDigest(digest) : undefined;
  if (parsed === undefined || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  if (typeof mediaType !== 'string') return undefined;
  const places = asTexts(urls);
  return {
    mediaType,
    digest: parsed,
    size,
    ...(platform !== undefined && { platform: readPlatform(platform) }),
    ...(annotations !== undefined && { annotations: readAnnotations(annotations) }),
    ...(typeof artifactType === 'string' && { artifactType }),
    ...(places !== undefined && { urls: places }),
    ...rest,
  };
}

function readAnnotations(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(asFields(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}

function readPlatform(value: unknown): Platform {
  const { os, architecture, variant, ...rest } = asFields(value);
  const features = asTexts(rest['os.features']);
  const version = rest['os.version'];
  return {
    os: typeof os === 'string' ? os : '',
    architecture: typeof architecture === 'string' ? architecture : '',
    ...(typeof variant === 'string' && { variant }),
    ...(typeof version === 'string' && { 'os.version': version }),
    ...(features !== undefined && { 'os.features': features }),
  };
}
