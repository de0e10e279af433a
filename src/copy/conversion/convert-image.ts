/** Converts an image with all its platforms: manifests and configurations are made anew, layers stay where they are. */
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Digest, digestOf } from '../../oci/digest.ts';
import { isImageManifest, isIndex } from '../../oci/media-types.ts';
import { ABOUT } from '../choose-root.ts';
import type { ImageSource, StoredManifest } from '../image-source.ts';
import { contentOf, tooMuch } from '../manifest-walk.ts';
import { readConfig } from '../read-config.ts';
import { createLimit } from '../semaphore.ts';
import { convertIndex } from './convert-index.ts';
import { type ImageParts, conversionImpossible, convertManifest, readImageParts } from './convert-manifest.ts';
import { type ConvertedImage, convertedSource } from './converted-source.ts';
import { FORMAT_TYPES, type ImageFormat } from './image-formats.ts';
import { toOciConfig } from './oci-config.ts';
import { readPlatform } from './read-platform.ts';
import { type Losses, formatLosses } from './losses.ts';

/** Which format, and whether it counts what refers to the image and stays behind. */
export interface ConversionWish {
  readonly format: ImageFormat;
  readonly referrers: boolean;
}

/** How deep indexes may hold indexes. */
const DEPTH_MAX = 8;

/** Manifests read at the same time. */
const PARALLEL = 8;

/** Manifests and configurations are held in memory until the image is whole; a hundred platforms have a megabyte. */
const HELD_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Converts. What is in the format already stays as it is, byte for byte.
 * @param root what is meant of the source
 * @throws DevregError CONVERSION_IMPOSSIBLE, MANIFEST_INVALID, IMAGE_ENDLESS, those of the source; the signal's reason
 */
export async function convertImage(
  root: StoredManifest,
  source: ImageSource,
  wish: ConversionWish,
  signal: AbortSignal,
): Promise<ConvertedImage> {
  const conversion = new Conversion(source, wish.format, signal);
  const converted = await conversion.convert(root, 0);
  const losses = await conversion.sumUp(wish.referrers);
  return {
    root: converted,
    source: convertedSource(source, converted, conversion.manifests, conversion.configs),
    isChanged: converted !== root,
    remarks: formatLosses(source.name, losses),
  };
}

class Conversion {
  readonly #source: ImageSource;
  readonly #format: ImageFormat;
  readonly #signal: AbortSignal;
  readonly #limit = createLimit(PARALLEL);
  readonly #conversions = new Map<Digest, Promise<StoredManifest>>();
  readonly #changed = new Set<Digest>();
  readonly #settings = new Set<string>();
  #held = 0;
  #attestations = 0;
  #hadAnnotations = false;
  /** Those that were made, by their own digests. */
  readonly manifests = new Map<Digest, StoredManifest>();
  readonly configs = new Map<Digest, Buffer>();

  constructor(source: ImageSource, format: ImageFormat, signal: AbortSignal) {
    this.#source = source;
    this.#format = format;
    this.#signal = signal;
  }

  /** @returns the manifest itself when it is in the format; each is converted once, however many lists name it */
  convert(manifest: StoredManifest, depth: number): Promise<StoredManifest> {
    const converting = this.#conversions.get(manifest.digest) ?? this.#convertOnce(manifest, depth);
    this.#conversions.set(manifest.digest, converting);
    return converting;
  }

  async #convertOnce(manifest: StoredManifest, depth: number): Promise<StoredManifest> {
    const { mediaType, digest } = manifest;
    if (depth > DEPTH_MAX) throw tooMuch(this.#source.name);
    if (isIndex(mediaType)) return this.#convertIndex(manifest, depth);
    if (mediaType === FORMAT_TYPES[this.#format].manifest) return manifest;
    if (!isImageManifest(mediaType)) throw this.#impossible(`${digest} is a ${mediaType}`);
    const parts = readImageParts(manifest, this.#format, this.#source.name);
    const config = await this.#convertConfig(parts);
    this.#hadAnnotations ||= this.#format === 'v2s2' && parts.hasAnnotations;
    return this.#keep(manifest, convertManifest(manifest, parts, config, this.#format, this.#source.name));
  }

  /** What is left out, or stays behind. */
  async sumUp(referrers: boolean): Promise<Losses> {
    const count = (digest: Digest) => this.#limit(() => this.#source.listReferrers(digest, this.#signal));
    const found = referrers ? await Promise.all([...this.#changed].map(count)) : [];
    return {
      attachments: this.#attestations + found.flat().length,
      annotations: this.#hadAnnotations,
      settings: [...this.#settings].toSorted(),
    };
  }

  async #convertIndex(index: StoredManifest, depth: number): Promise<StoredManifest> {
    const { manifests: entries, blobs } = contentOf(index, this.#source.name);
    if (blobs.length > 0) throw this.#impossible(`${index.digest} is a list of layers, not of images`);
    const distinct = new Map(entries.map((entry) => [entry.digest, entry]));
    const originals = new Map(await Promise.all([...distinct.values()].map((entry) => this.#read(entry))));
    const children = new Map<string, StoredManifest>();
    for (const { digest, annotations } of entries.filter((entry) => entry.annotations?.[ABOUT] === undefined)) {
      const original = originals.get(digest);
      if (original !== undefined) children.set(digest, await this.convert(original, depth + 1));
      this.#hadAnnotations ||= this.#format === 'v2s2' && annotations !== undefined;
    }
    this.#keepAttestations(entries, originals, children);
    const isSame = entries.every(({ digest }) => children.get(digest) === originals.get(digest));
    if (isSame && index.mediaType === FORMAT_TYPES[this.#format].index) return index;
    const placed = await Promise.all(entries.map((entry) => this.#withPlatform(entry, originals.get(entry.digest))));
    return this.#keep(index, convertIndex(index, placed, children, this.#format));
  }

  /** An attestation is about a digest: where that changes it is about nothing, and Docker's format has none. */
  #keepAttestations(
    entries: readonly Descriptor[],
    originals: ReadonlyMap<string, StoredManifest>,
    children: Map<string, StoredManifest>,
  ): void {
    for (const { digest, annotations } of entries) {
      const about = annotations?.[ABOUT];
      const original = originals.get(digest);
      if (about === undefined || original === undefined) continue;
      const isTrue = this.#format === 'oci' && children.get(about) === originals.get(about);
      if (isTrue) children.set(digest, original);
      else this.#attestations++;
    }
  }

  async #read({ digest }: Descriptor): Promise<readonly [string, StoredManifest]> {
    const manifest = await this.#limit(() => this.#source.readManifest(digest, this.#signal));
    this.#hold(manifest.bytes);
    return [digest, manifest];
  }

  #hold({ length }: Uint8Array): void {
    this.#held += length;
    if (this.#held > HELD_MAX_BYTES) throw tooMuch(this.#source.name);
  }

  /** Docker's lists say of each image what it runs on. */
  async #withPlatform(entry: Descriptor, original: StoredManifest | undefined): Promise<Descriptor> {
    if (entry.platform !== undefined || this.#format === 'oci' || original === undefined) return entry;
    const platform = await readPlatform(original, this.#source, this.#signal);
    return platform === undefined ? entry : { ...entry, platform };
  }

  async #convertConfig({ config }: ImageParts): Promise<Pick<Descriptor, 'digest' | 'size' | 'urls'>> {
    // To Docker OCI's configuration is one of its own.
    if (this.#format === 'v2s2') return config;
    const bytes = await readConfig(config, this.#source, this.#signal);
    this.#hold(bytes);
    const made = toOciConfig(bytes);
    if (made === undefined) throw this.#impossible(`its configuration ${config.digest} is none`);
    const digest = digestOf(made.bytes);
    this.configs.set(digest, made.bytes);
    for (const setting of made.lost) this.#settings.add(setting);
    return { digest, size: made.bytes.length };
  }

  #keep(original: StoredManifest, made: StoredManifest): StoredManifest {
    this.#changed.add(original.digest);
    this.manifests.set(made.digest, made);
    return made;
  }

  #impossible(why: string): Error {
    return conversionImpossible(this.#source.name, this.#format, why);
  }
}
