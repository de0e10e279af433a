/** Blobs that clients push: few enough to meet again and again, of sizes that take different ways through the server. */
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import type { Random } from '../seeded-random.ts';

/** Some bytes and what they are called. */
export interface BlobContent {
  readonly bytes: Buffer;
  /** Under which digests it is pushed, the canonical one first. */
  readonly digests: readonly [Digest, ...Digest[]];
}

/** From nothing, over what fits one packet, to what takes several batches of the server. */
const SIZES = [0, 1, 900, 2_000, 4_000, 65_536, 150_000, 1_048_577, 1_600_000];

/** Every third has a second name. */
const SHA512_EVERY = 3;

/** Makes the blobs of an episode. */
export function makeBlobs(random: Random): BlobContent[] {
  return SIZES.map((size, index) => blobOf(random.bytes(size), index % SHA512_EVERY === 0));
}

/** A blob of given bytes. */
export function blobOf(bytes: Buffer, hasSha512: boolean): BlobContent {
  const canonical = digestOf(bytes);
  return { bytes, digests: hasSha512 ? [canonical, digestOf(bytes, 'sha512')] : [canonical] };
}
