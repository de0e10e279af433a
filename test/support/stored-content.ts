/** All that a registry holds, to compare before and after what must not change it. */
import type { BlobStore, ContentMetadata } from '../../src/registry/core/ports.ts';

/** A page that holds everything a test stores. */
const ALL = { after: undefined, limit: 10_000 };

/**
 * Everything that clients stored, as plain values: blobs with those who hold them, upload sessions, manifests and tags.
 * The copies of manifests that are kept beside the blobs come later and are left out.
 */
export async function storedContent({
  metadata,
  blobs,
}: {
  readonly metadata: ContentMetadata;
  readonly blobs: BlobStore;
}): Promise<object> {
  const names = await metadata.listRepositories(ALL);
  const manifests = await Promise.all(
    names.map(async (name) => [name, await metadata.listManifests(name, ALL)] as const),
  );
  const copies = new Set(manifests.flatMap(([, stored]) => stored.map(({ digest }) => digest)));
  const stored = (await Array.fromAsync(blobs.list())).filter(({ digest }) => !copies.has(digest));
  const holders = await Promise.all(
    stored.map(
      async ({ digest, size }) =>
        `${digest} ${size} ${(await metadata.repositoriesWithBlob(digest, ALL.limit)).join(' ')}`,
    ),
  );
  return {
    blobs: holders.toSorted(),
    uploads: (await Array.fromAsync(blobs.listUploads())).map(({ id, size }) => `${id} ${size}`).toSorted(),
    manifests: manifests.map(([name, found]) => [
      name,
      found.map(({ digest, mediaType, tags }) => ({ digest, mediaType, tags })),
    ]),
  };
}
