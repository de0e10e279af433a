/** Content digests: how they are written, which algorithms the registry knows, how to compute one. */
import { createHash, hash } from 'node:crypto';

/** A digest in its canonical form, `algorithm:hex`, with a known algorithm and the right number of lower-case hex digits. */
export type Digest = string & { readonly __digest: unique symbol };

/** The algorithms of the image-spec's registered list that content can be stored under. */
export type DigestAlgorithm = 'sha256' | 'sha512';

/** Hex digits of each known algorithm. A Map, so that names like `__proto__` find nothing. */
const HEX_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha512', 128],
]);

/** The algorithm content is stored under when nobody asked for another. */
export const CANONICAL_ALGORITHM: DigestAlgorithm = 'sha256';

/**
 * Reads an algorithm's name.
 * @returns the algorithm, or undefined when it is not one that content can be stored under
 */
export function parseAlgorithm(text: string): DigestAlgorithm | undefined {
  return HEX_LENGTHS.has(text) ? (text as DigestAlgorithm) : undefined;
}

/**
 * Reads a digest strictly: known algorithm, exact length, lower-case hex.
 * @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests
 * @returns the digest, or undefined when the text is not one
 */
export function parseDigest(text: string): Digest | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  const length = HEX_LENGTHS.get(text.slice(0, colon));
  if (length === undefined || text.length !== colon + 1 + length) return undefined;
  for (let index = colon + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const isHex = (code >= 48 && code <= 57) || (code >= 97 && code <= 102);
    if (!isHex) return undefined;
  }
  return text as Digest;
}

/** The algorithm part of a digest. */
export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.slice(0, digest.indexOf(':')) as DigestAlgorithm;
}

/** The hex part of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** Joins an algorithm and the hex of a finished hash. */
export function toDigest(algorithm: DigestAlgorithm, hex: string): Digest {
  return `${algorithm}:${hex}` as Digest;
}

/** The digest of bytes that are already in memory; for small content only. */
export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = CANONICAL_ALGORITHM): Digest {
  return toDigest(algorithm, hash(algorithm, bytes, 'hex'));
}

/** A hash to feed piece by piece; `finish` may be called once. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  finish(): Digest;
}

/** Starts a digest that is fed piece by piece. */
export function startDigest(algorithm: DigestAlgorithm): RunningDigest {
  const state = createHash(algorithm);
  return {
    update: (bytes) => void state.update(bytes),
    finish: () => toDigest(algorithm, state.digest('hex')),
  };
}
