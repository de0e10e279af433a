/** What a manifest points to, as descriptors: for those who fetch it. */
import type { Descriptor, Platform } from './descriptor.ts';
import { parseDigest } from './digest.ts';
import { type ManifestProblem, isProblem, parseManifest } from './manifest.ts';
import { isImageManifest, isIndex, isMediaType, isNonDistributable } from './media-types.ts';

/** The content of one manifest. */
export interface ManifestContent {
  /** As the manifest says itself, else as it was declared. */
  readonly mediaType: string;
  /** Manifests of an index. */
  readonly manifests: readonly Descriptor[];
  /** Config and layers, each digest once; without what stays with its publisher. */
  readonly blobs: readonly Descriptor[];
}

/**
 * Reads a manifest.
 * @returns its content, or the problem in one sentence
 */
export function readManifestContent(bytes: Uint8Array, contentType: string): ManifestContent | ManifestProblem {
  const facts = parseManifest(bytes, contentType);
  if (isProblem(facts)) return facts;
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const parts = ['config', 'layers', 'blobs'].map((field) => readDescriptors(value, field) ?? []);
  const entries = readDescriptors(value, 'manifests') ?? [];
  const blobs = [...parts.flat(), ...entries.filter((entry) => !isManifest(entry))].filter(isDistributable);
  return {
    mediaType: facts.mediaType,
    manifests: entries.filter(isManifest),
    blobs: [...new Map(blobs.map((blob) => [blob.digest, blob])).values()],
  };
}

/** The descriptors in a field, which may be one or a list; undefined when one of them is none. */
export function readDescriptors(value: unknown, field: string): readonly Descriptor[] | undefined {
  const found = isObject(value) ? (value[field] ?? []) : undefined;
  if (found === undefined) return undefined;
  const descriptors = (Array.isArray(found) ? found : [found]).map(readDescriptor);
  return descriptors.every((one) => one !== undefined) ? descriptors : undefined;
}

function readDescriptor(value: unknown): Descriptor | undefined {
  if (!isObject(value)) return undefined;
  const { mediaType, digest: text, size, platform, annotations, artifactType, urls } = value;
  const digest = typeof text === 'string' ? parseDigest(text) : undefined;
  if (typeof mediaType !== 'string' || !isMediaType(mediaType) || digest === undefined) return undefined;
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  return {
    mediaType,
    digest,
    size,
    ...(isPlatform(platform) ? { platform } : {}),
    ...(isTexts(annotations) ? { annotations } : {}),
    ...(typeof artifactType === 'string' ? { artifactType } : {}),
    ...(Array.isArray(urls) && urls.every((url) => typeof url === 'string') ? { urls } : {}),
  };
}

/** BuildKit's caches are indexes of layers. */
function isManifest({ mediaType }: Descriptor): boolean {
  return isIndex(mediaType) || isImageManifest(mediaType) || /manifest/.test(mediaType);
}

function isDistributable({ mediaType }: Descriptor): boolean {
  return !isNonDistributable(mediaType);
}

function isPlatform(value: unknown): value is Platform {
  return isObject(value) && typeof value['os'] === 'string' && typeof value['architecture'] === 'string';
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
