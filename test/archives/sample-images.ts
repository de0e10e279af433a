/** Images that could run, in memory: layers with what is in them, and a configuration that names it. */
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { openArchiveSource } from '../../src/archives/open-source.ts';
import { openArchiveTarget } from '../../src/archives/open-target.ts';
import type { TargetOptions } from '../../src/archives/archive-ports.ts';
import { parseTransport } from '../../src/archives/transport.ts';
import { copyImage, type CopyChoice, type CopyResult } from '../../src/copy/copy-image.ts';
import type { ImageSource, StoredManifest } from '../../src/copy/image-source.ts';
import type { ImageTarget } from '../../src/copy/image-target.ts';
import { DevregError } from '../../src/errors.ts';
import { type Digest, digestOf } from '../../src/oci/digest.ts';
import { OCI_CONFIG, OCI_LAYER } from '../../src/oci/media-types.ts';
import { type Content, content, image } from '../support/images.ts';
import { createArchivePorts } from './archive-ports.ts';

/** An image with everything it has. */
export interface SampleImage {
  readonly manifest: Content;
  readonly config: Content;
  readonly layers: readonly Content[];
  /** The layers uncompressed. */
  readonly plain: readonly Buffer[];
}

export const never = new AbortController().signal;
const EVERYTHING: CopyChoice = { platforms: 'all', referrers: true, preserveDigests: false, parallel: 2 };

/** Makes one. @param texts the layers' contents */
export function makeSample(texts: readonly string[], compression: 'none' | 'gzip' | 'zstd' = 'gzip'): SampleImage {
  const plain = texts.map((text) => Buffer.from(text));
  const config = content(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/run'] },
      rootfs: { type: 'layers', diff_ids: plain.map((bytes) => digestOf(bytes)) },
    }),
    OCI_CONFIG,
  );
  const ending = compression === 'none' ? '' : `+${compression}`;
  const layers = plain.map((bytes) => content(compress(bytes, compression), `${OCI_LAYER}${ending}`));
  return { manifest: image(layers, { config }), config, layers, plain };
}

function compress(bytes: Buffer, compression: 'none' | 'gzip' | 'zstd'): Buffer {
  if (compression === 'gzip') return gzipSync(bytes);
  return compression === 'zstd' ? zstdCompressSync(bytes) : bytes;
}

/** Everything of some images; the last manifest is the root. */
export function createMemorySource(contents: readonly Content[], root: Content): ImageSource {
  const all = new Map<Digest, Content>([...contents, root].map((part) => [part.digest, part]));
  const find = (digest: Digest): Content => {
    const found = all.get(digest);
    if (found === undefined) throw new DevregError('not-found', 'IMAGE_NOT_FOUND', `There is no ${digest}.`);
    return found;
  };
  const stored = ({ bytes, mediaType, digest }: Content): StoredManifest => ({ bytes, mediaType, digest });
  return {
    name: 'memory',
    readRoot: async () => stored(root),
    readManifest: async (digest) => stored(find(digest)),
    openBlob: async ({ digest }, _signal, offset = 0) => Readable.from([find(digest).bytes.subarray(offset)]),
    listReferrers: async () => [],
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The contents of a sample. */
export function contentsOf({ config, layers, manifest }: SampleImage): readonly Content[] {
  return [config, ...layers, manifest];
}

/** Copies an image into a target that is open. */
export function copyTo(target: ImageTarget, sample: SampleImage): Promise<CopyResult> {
  return copyImage(createMemorySource(contentsOf(sample), sample.manifest), target, EVERYTHING, {}, never);
}

/** Opens a place to read. */
export async function openSource(place: string, spoolFolder: string): Promise<ImageSource> {
  return openArchiveSource(transportOf(place), createArchivePorts(spoolFolder), never);
}

/** Copies a sample to a place. */
export async function writeSample(
  place: string,
  sample: SampleImage,
  spoolFolder: string,
  options: TargetOptions = {},
): Promise<void> {
  await using target = await openArchiveTarget(transportOf(place), options, createArchivePorts(spoolFolder));
  await copyTo(target, sample);
}

/** The digest that a place leads to. */
export async function rootOf(place: string, spoolFolder: string): Promise<Digest> {
  await using source = await openSource(place, spoolFolder);
  return (await source.readRoot(never)).digest;
}

function transportOf(place: string): NonNullable<ReturnType<typeof parseTransport>> {
  const transport = parseTransport(place);
  if (transport === undefined) throw new Error(`${place} is no place.`);
  return transport;
}
