/** A source that has some manifests and configurations of its own, and everything else from another. */
import { Readable } from 'node:stream';
import type { Digest } from '../../oci/digest.ts';
import type { ImageSource, StoredManifest } from '../image-source.ts';

/** An image after its conversion. */
export interface ConvertedImage {
  readonly root: StoredManifest;
  /** Has it, with its layers. */
  readonly source: ImageSource;
  /** Whether the root is another than the one that was converted. */
  readonly isChanged: boolean;
  /** What is left out, or stays behind; a sentence each. */
  readonly remarks: readonly string[];
}

/** Opens it; closing it leaves the other open. What was made anew has nothing that refers to it. */
export function convertedSource(
  original: ImageSource,
  root: StoredManifest,
  manifests: ReadonlyMap<Digest, StoredManifest>,
  configs: ReadonlyMap<Digest, Buffer>,
): ImageSource {
  return {
    name: original.name,
    origin: original,
    readRoot: async () => root,
    readManifest: async (digest, signal) => manifests.get(digest) ?? original.readManifest(digest, signal),
    async openBlob(blob, signal, offset = 0) {
      const made = configs.get(blob.digest);
      if (made === undefined) return original.openBlob(blob, signal, offset);
      return Readable.from([made.subarray(offset)], { objectMode: false });
    },
    listReferrers: async (digest, signal) => (manifests.has(digest) ? [] : original.listReferrers(digest, signal)),
    [Symbol.asyncDispose]: async () => {},
  };
}
