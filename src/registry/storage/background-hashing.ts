/** What the store needs of a place that hashes without holding up the event loop. */
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';

/** A place where digests of bytes that are already stored are computed. */
export interface BackgroundHashing extends AsyncDisposable {
  /** Begins a digest; it must be brought to its end by `finish` or `abandon`. */
  start(algorithm: DigestAlgorithm): BackgroundDigest;
}

/** A digest that is computed elsewhere. One call at a time. */
export interface BackgroundDigest {
  /**
   * Lends memory to be filled with the next bytes, and has them hashed. Waits until there is memory, but not for the
   * hash, so that the next bytes are read meanwhile.
   * @param read fills the target and returns how many bytes it put there
   * @returns that number
   */
  add(read: (target: Uint8Array) => Promise<number>): Promise<number>;
  /** @returns the digest of all that was added */
  finish(): Promise<Digest>;
  /** Forgets the digest. */
  abandon(): void;
}
