/** Manifests: from the bytes a client pushed to the facts a registry needs, without changing a byte. */
import { type Digest, parseDigest } from './digest.ts';
import { measureJson } from './json-extent.ts';
import {
  OCI_INDEX,
  OCI_MANIFEST,
  isImageManifest,
  isIndex,
  isMediaType,
  isNonDistributable,
  isSchema1,
  isUnspecific,
  withoutParameters,
} from './media-types.ts';

/** What a manifest points to. */
export interface ManifestReference {
  readonly digest: Digest;
  /** `manifest` for children of an index, `blob` for configs and layers. */
  readonly kind: 'blob' | 'manifest';
  /** Non-distributable layers with a place of their own to come from need not be in the registry. */
  readonly optional: boolean;
}

/** The facts of one manifest. */
export interface ManifestFacts {
  readonly mediaType: string;
  readonly references: readonly ManifestReference[];
  readonly subject: Digest | undefined;
  /** For referrers: the manifest's own, else an image manifest's config media type. */
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** Why bytes are not an acceptable manifest. */
export interface ManifestProblem {
  readonly problem: string;
}

type JsonObject = { readonly [key: string]: unknown };

/** Manifests have a handful of levels; people's annotations and extensions may add some. */
const DEPTH_MAX = 100;

/** An index of some thousand entries has some ten thousand values. */
const VALUES_MAX = 200_000;

/**
 * Reads a manifest. Bytes that could be taken for two kinds of manifest are refused, so that no two clients can see
 * different content under one digest.
 * @param bytes the manifest as pushed
 * @param contentType the request's Content-Type, or the empty string
 * @see https://github.com/opencontainers/image-spec/security/advisories/GHSA-77vh-xpmg-72qh
 * @returns the facts, or the problem in one sentence
 */
export function parseManifest(bytes: Uint8Array, contentType: string): ManifestFacts | ManifestProblem {
  const { depth, values } = measureJson(bytes);
  if (depth > DEPTH_MAX || values > VALUES_MAX)
    return { problem: 'The manifest has too many values, or too many levels.' };
  const manifest = parseObject(bytes);
  if (manifest === undefined) return { problem: 'The manifest is not a JSON object.' };
  const mediaType = mediaTypeOf(manifest, withoutParameters(contentType));
  if (typeof mediaType !== 'string') return mediaType;
  return shapeProblem(manifest, mediaType) ?? collectFacts(manifest, mediaType);
}

/** Whether parsing failed. */
export function isProblem(result: object): result is ManifestProblem {
  return 'problem' in result;
}

function parseObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function mediaTypeOf(manifest: JsonObject, declared: string): string | ManifestProblem {
  const own = manifest['mediaType'];
  if (own !== undefined && typeof own !== 'string') return { problem: 'The field mediaType is not a string.' };
  const guessed = 'manifests' in manifest ? OCI_INDEX : OCI_MANIFEST;
  const mediaType = own || (isUnspecific(declared) ? guessed : declared);
  if (!isUnspecific(declared) && mediaType.toLowerCase() !== declared) {
    return { problem: `Content-Type is ${declared}, but the manifest's mediaType is ${mediaType}.` };
  }
  return isMediaType(mediaType) ? mediaType : { problem: 'The media type is not a valid one.' };
}

function shapeProblem(manifest: JsonObject, mediaType: string): ManifestProblem | undefined {
  const misspelt = Object.keys(manifest).find(
    (key) => !KNOWN_FIELDS.has(key) && KNOWN_FIELDS_FOLDED.has(key.toLowerCase()),
  );
  if (misspelt !== undefined) return { problem: `The field ${misspelt} differs from a known field by case only.` };
  if (isSchema1(mediaType) || manifest['schemaVersion'] === 1) {
    return { problem: 'Docker schema 1 manifests are not supported; push schema 2 or OCI.' };
  }
  const hasChildren = 'manifests' in manifest;
  const hasContent = 'layers' in manifest || 'config' in manifest || 'fsLayers' in manifest;
  if (hasChildren && hasContent) return { problem: 'The manifest is both an index and an image.' };
  if (isIndex(mediaType) || isImageManifest(mediaType)) {
    if (manifest['schemaVersion'] !== 2) return { problem: 'The field schemaVersion must be 2.' };
  }
  if (isIndex(mediaType) && !Array.isArray(manifest['manifests']))
    return { problem: 'An index needs the list manifests.' };
  if (isImageManifest(mediaType) && !isObject(manifest['config']))
    return { problem: 'An image manifest needs a config.' };
  return undefined;
}

/** Some clients match field names without regard to case, so a manifest must not rely on it. */
const KNOWN_FIELDS = new Set([
  'schemaVersion',
  'mediaType',
  'artifactType',
  'config',
  'layers',
  'blobs',
  'manifests',
  'fsLayers',
  'subject',
  'annotations',
]);
const KNOWN_FIELDS_FOLDED = new Set([...KNOWN_FIELDS].map((field) => field.toLowerCase()));

function collectFacts(manifest: JsonObject, mediaType: string): ManifestFacts | ManifestProblem {
  const isKnown = isIndex(mediaType) || isImageManifest(mediaType);
  const references = new Map<Digest, ManifestReference>();
  for (const [field, kind] of REFERENCE_FIELDS) {
    for (const descriptor of descriptorsIn(manifest[field])) {
      const digest = digestIn(descriptor);
      if (digest === undefined) {
        if (isKnown) return { problem: `A descriptor in ${field} has no valid digest.` };
        continue;
      }
      if (isKnown && !hasValidSize(descriptor)) return { problem: `The descriptor of ${digest} has no valid size.` };
      const optional = mayBeAbsent(descriptor) && references.get(digest)?.optional !== false;
      references.set(digest, { digest, kind, optional });
    }
  }
  const hasSubject = manifest['subject'] !== undefined && manifest['subject'] !== null;
  const subject = digestIn(manifest['subject']);
  if (hasSubject && subject === undefined) return { problem: 'The subject has no valid digest.' };
  return {
    mediaType,
    references: [...references.values()],
    subject,
    artifactType: artifactTypeOf(manifest),
    annotations: stringMap(manifest['annotations']),
  };
}

/** Where descriptors stand, in any manifest; `blobs` is the retired artifact manifest's list. */
const REFERENCE_FIELDS = [
  ['config', 'blob'],
  ['layers', 'blob'],
  ['blobs', 'blob'],
  ['manifests', 'manifest'],
] as const;

function descriptorsIn(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function digestIn(descriptor: unknown): Digest | undefined {
  if (!isObject(descriptor)) return undefined;
  const digest = descriptor['digest'];
  return typeof digest === 'string' ? parseDigest(digest) : undefined;
}

function hasValidSize(descriptor: unknown): boolean {
  const size = isObject(descriptor) ? descriptor['size'] : undefined;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
}

function mayBeAbsent(descriptor: unknown): boolean {
  if (!isObject(descriptor)) return false;
  const mediaType = descriptor['mediaType'];
  return typeof mediaType === 'string' && isNonDistributable(mediaType);
}

function artifactTypeOf(manifest: JsonObject): string | undefined {
  const own = manifest['artifactType'];
  if (typeof own === 'string' && own !== '') return own;
  const config = manifest['config'];
  const configType = isObject(config) ? config['mediaType'] : undefined;
  return typeof configType === 'string' && configType !== '' ? configType : undefined;
}

function stringMap(value: unknown): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
