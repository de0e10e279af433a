/** Looks whether images are what their digests say, every byte of them (S3-24b). */
import type { ImageSource } from '../../copy/image-source.ts';
import { isDevregError } from '../../errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { type Reference, formatReference } from '../../oci/reference.ts';
import type { ImagePlace, RepositoryPlace } from './image-place.ts';
import { formatPlace } from './image-place.ts';
import { type ImagePorts, openSource } from './image-ports.ts';
import { readTree } from './image-tree.ts';
import { inParallel } from './in-parallel.ts';
import { listReferences } from './list-images.ts';

/** Something that is not as it should be. */
export interface Finding {
  readonly image: string;
  /** Undefined when the image itself could not be read. */
  readonly digest: Digest | undefined;
  readonly problem: string;
}

/** What was looked at, and what was found. */
export interface Verification {
  readonly images: number;
  readonly manifests: number;
  readonly blobs: number;
  /** That were read. */
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

/** How it is looked. */
export interface VerifyWish {
  /** Whether blobs only have to be there. */
  readonly fast: boolean;
  readonly onProgress: (images: number, bytes: number) => void;
}

/** Blobs at the same time. */
const BLOBS = 4;

/** What makes going on pointless: the registry cannot be asked, or refuses. */
const FATAL = new Set<string>(['credentials', 'timeout', 'interrupted', 'usage']);

interface Tally {
  images: number;
  manifests: number;
  bytes: number;
  /** Blobs that were looked at, by where they are: those that images share are read once. */
  readonly seen: Map<string, string | undefined>;
  readonly findings: Finding[];
}

/**
 * Verifies images.
 * @throws DevregError when a place cannot be asked at all; the signal's reason
 */
export async function verifyImages(
  places: readonly ImagePlace[],
  wish: VerifyWish,
  ports: ImagePorts,
): Promise<Verification> {
  const tally: Tally = { images: 0, manifests: 0, bytes: 0, seen: new Map(), findings: [] };
  for (const place of places) {
    await verifyImage(place, tally, wish, ports);
    tally.images++;
    wish.onProgress(tally.images, tally.bytes);
  }
  const { seen, ...counts } = tally;
  return { ...counts, blobs: seen.size };
}

/** Every image of a registry or repository. @throws DevregError of the registry */
export async function imagesIn(
  place: RepositoryPlace,
  { registries, signal }: ImagePorts,
): Promise<readonly ImagePlace[]> {
  const client = await registries.open(place.host, 'source');
  const references: readonly Reference[] = await listReferences(place, client, signal);
  return references.map((reference) => ({ kind: 'registry', reference }));
}

async function verifyImage(place: ImagePlace, tally: Tally, wish: VerifyWish, ports: ImagePorts): Promise<void> {
  const image = place.kind === 'registry' ? formatReference(place.reference) : formatPlace(place);
  try {
    await using source = await openSource(place, ports);
    const tree = await readTree(source, ports.signal);
    tally.manifests += tree.nodes.size;
    for (const digest of tree.missing) tally.findings.push({ image, digest, problem: 'The manifest is not there.' });
    await inParallel([...tree.blobs.values()], BLOBS, ports.signal, async (blob, signal) => {
      const key = `${spaceOf(place)} ${blob.digest}`;
      if (!tally.seen.has(key)) {
        tally.seen.set(key, undefined);
        tally.seen.set(key, await lookAt(blob, source, place, { ...ports, signal }, tally, wish));
      }
      const problem = tally.seen.get(key);
      if (problem !== undefined) tally.findings.push({ image, digest: blob.digest, problem });
    });
  } catch (error) {
    if (!isDevregError(error) || FATAL.has(error.kind) || ports.signal.aborted) throw error;
    tally.findings.push({ image, digest: undefined, problem: error.message });
  }
}

/** Registries keep blobs by repository. */
function spaceOf(place: ImagePlace): string {
  return place.kind === 'registry' ? `${place.reference.registry}/${place.reference.repository}` : place.text;
}

/** @returns what is wrong; undefined: nothing */
async function lookAt(
  blob: Descriptor,
  source: ImageSource,
  place: ImagePlace,
  { registries, signal }: ImagePorts,
  tally: Tally,
  { fast, onProgress }: VerifyWish,
): Promise<string | undefined> {
  try {
    if (fast && place.kind === 'registry') {
      const client = await registries.open(place.reference.registry, 'source');
      return (await client.hasBlob(place.reference.repository, blob.digest, signal))
        ? undefined
        : 'The blob is not there.';
    }
    for await (const piece of (await source.openBlob(blob, signal)) as AsyncIterable<Buffer>) {
      tally.bytes += piece.length;
      onProgress(tally.images, tally.bytes);
    }
    return undefined;
  } catch (error) {
    if (!isDevregError(error) || FATAL.has(error.kind) || signal.aborted) throw error;
    return error.message;
  }
}
