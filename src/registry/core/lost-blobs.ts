/** Blobs that the metadata know and the store has lost: nobody is told that they are there, so clients push them again. */
import type { Digest } from '../../oci/digest.ts';
import type { BlobReader, BlobStore } from './ports.ts';

/** A blob as the metadata have it. */
interface KnownBlob {
  readonly digest: Digest;
  readonly size: number;
}

/** Knows what was found to be lost. A blob that is pushed again, or put back, is found by the next look. */
export interface LostBlobs {
  /** Opens a blob. @returns undefined when its bytes are gone or fewer, which is remembered */
  open(blob: KnownBlob): Promise<BlobReader | undefined>;
  /** Looks whether the bytes are there, and remembers. */
  isStored(blob: KnownBlob): Promise<boolean>;
  /** Whether a blob was lost when it was looked for last. Cheap. */
  isSuspect(digest: Digest): boolean;
}

/** @param report told of each blob that is found to be lost, once until it is back */
export function findLostBlobs(store: BlobStore, report: (digest: Digest) => void): LostBlobs {
  const lost = new Set<Digest>();
  const note = ({ digest, size }: KnownBlob, found: number | undefined): boolean => {
    const isThere = found === size;
    if (isThere) lost.delete(digest);
    else if (!lost.has(digest)) {
      lost.add(digest);
      report(digest);
    }
    return isThere;
  };
  return {
    async open(blob) {
      const reader = await store.open(blob.digest);
      if (note(blob, reader?.size)) return reader;
      await reader?.[Symbol.asyncDispose]();
      return undefined;
    },
    isStored: async (blob) => note(blob, await store.stat(blob.digest)),
    isSuspect: (digest) => lost.has(digest),
  };
}
