/** Metadata with its most frequent answers kept in memory, for a registry that is the only one to write them. */
import type { Digest } from '../../oci/digest.ts';
import type { RepositoryName, Tag } from '../../oci/repository.ts';
import type { Metadata, StoredManifest } from '../core/ports.ts';
import { Recent } from './recent.ts';

/** Manifests kept, counted by their bytes and what an entry costs besides. */
const MANIFESTS_MAX_BYTES = 16 * 1024 * 1024;
const ENTRY_BYTES = 512;

/** Tags and blobs kept; an entry of each is some hundred bytes. */
const NAMES_MAX = 20_000;

/**
 * Wraps metadata. Every entry is kept under its repository, so that one repository never answers for another, and is
 * dropped when the write that outdates it is over; a read that was under way meanwhile is not kept.
 */
export function cacheMetadata(metadata: Metadata): Metadata {
  const one = { max: NAMES_MAX, weigh: () => 1 };
  const manifests = new Recent<StoredManifest>({ max: MANIFESTS_MAX_BYTES, weigh: ({ bytes }) => bytes.byteLength + ENTRY_BYTES });
  const tags = new Recent<Digest>(one);
  const blobs = new Recent<{ readonly size: number }>(one);
  let writes = 0;

  const findKnown = (repository: RepositoryName, reference: Tag | Digest): StoredManifest | undefined => {
    const digest = reference.includes(':') ? reference : tags.get(keyOf(repository, reference));
    return digest === undefined ? undefined : manifests.get(keyOf(repository, digest));
  };
  const afterwards = async <T>(write: Promise<T>, forget: () => void): Promise<T> => {
    try {
      return await write;
    } finally {
      writes++;
      forget();
    }
  };

  return {
    ...metadata,
    async findManifest(repository, reference) {
      const known = findKnown(repository, reference);
      if (known !== undefined) return known;
      const before = writes;
      const found = await metadata.findManifest(repository, reference);
      if (found === undefined || before !== writes) return found;
      manifests.set(keyOf(repository, found.digest), found);
      if (!reference.includes(':')) tags.set(keyOf(repository, reference), found.digest);
      return found;
    },
    async findBlob(repository, digest) {
      const key = keyOf(repository, digest);
      const known = blobs.get(key);
      if (known !== undefined) return known;
      const before = writes;
      const found = await metadata.findBlob(repository, digest);
      if (found !== undefined && before === writes) blobs.set(key, found);
      return found;
    },
    putManifest: (manifest) =>
      afterwards(metadata.putManifest(manifest), () => {
        const { repository, digest } = manifest;
        manifests.delete(keyOf(repository, digest));
        for (const tag of manifest.tags) tags.delete(keyOf(repository, tag));
      }),
    removeTag: (repository, tag) => afterwards(metadata.removeTag(repository, tag), () => tags.delete(keyOf(repository, tag))),
    // Which tags went with it is not known here, and it happens rarely.
    removeManifest: (repository, digest) =>
      afterwards(metadata.removeManifest(repository, digest), () => {
        manifests.delete(keyOf(repository, digest));
        tags.clear();
      }),
    unlinkBlob: (repository, digest) => afterwards(metadata.unlinkBlob(repository, digest), () => blobs.delete(keyOf(repository, digest))),
  };
}

/** No name, tag or digest holds a space. */
function keyOf(repository: RepositoryName, reference: string): string {
  return `${repository} ${reference}`;
}
