/** Metadata with its most frequent answers kept in memory, for a registry that is the only one to write them. */
import type { Digest } from '../../oci/digest.ts';
import type { RepositoryName, Tag } from '../../oci/repository.ts';
import { type MaybePromise, andThen } from '../core/maybe-promise.ts';
import type { Metadata, StoredManifest } from '../core/ports.ts';
import type { SweepItem } from '../core/sweep-metadata.ts';
import { Recent } from './recent.ts';
import { TagLists } from './tag-lists.ts';

/** Manifests kept, counted by their bytes and what an entry costs besides. */
const MANIFESTS_MAX_BYTES = 16 * 1024 * 1024;
const ENTRY_BYTES = 512;

/** Tags and blobs kept; an entry of each is some hundred bytes. */
const NAMES_MAX = 20_000;

/**
 * Wraps metadata. Every entry is kept under its repository, so that one repository never answers for another. It is
 * dropped when the write begins that may outdate it, since a write becomes visible before it is over, and nothing read
 * of a repository is kept while it is written: else of two tags that move together one would be seen before the other.
 */
export function cacheMetadata(metadata: Metadata): Metadata {
  const one = { max: NAMES_MAX, weigh: () => 1 };
  const manifests = new Recent<StoredManifest>({
    max: MANIFESTS_MAX_BYTES,
    weigh: ({ bytes }) => bytes.byteLength + ENTRY_BYTES,
  });
  const tags = new Recent<Digest>(one);
  const blobs = new Recent<{ readonly size: number }>(one);
  const tagLists = new TagLists();
  const writing = new Map<RepositoryName, number>();
  let writes = 0;

  const findKnown = (repository: RepositoryName, reference: Tag | Digest): StoredManifest | undefined => {
    const digest = reference.includes(':') ? reference : tags.get(keyOf(repository, reference));
    return digest === undefined ? undefined : manifests.get(keyOf(repository, digest));
  };
  const change = async <T>(repository: RepositoryName, write: () => Promise<T>): Promise<T> => {
    writing.set(repository, (writing.get(repository) ?? 0) + 1);
    try {
      return await write();
    } finally {
      writes++;
      const left = (writing.get(repository) ?? 1) - 1;
      if (left === 0) writing.delete(repository);
      else writing.set(repository, left);
    }
  };
  const changeAll = <T>(repositories: Iterable<RepositoryName>, write: () => Promise<T>): Promise<T> => {
    const [first, ...others] = repositories;
    return first === undefined ? write() : change(first, () => changeAll(others, write));
  };
  const readThrough = <T>(
    repository: RepositoryName,
    read: () => MaybePromise<T | undefined>,
    keep: (found: T) => void,
  ): MaybePromise<T | undefined> => {
    const before = writes;
    return andThen(read(), (found) => {
      if (found !== undefined && before === writes && !writing.has(repository)) keep(found);
      return found;
    });
  };

  return {
    ...metadata,
    findManifest(repository, reference) {
      const known = findKnown(repository, reference);
      if (known !== undefined) return known;
      const read = () => metadata.findManifest(repository, reference);
      return readThrough(repository, read, (found) => {
        manifests.set(keyOf(repository, found.digest), found);
        if (!reference.includes(':')) tags.set(keyOf(repository, reference), found.digest);
      });
    },
    findBlob(repository, digest) {
      const key = keyOf(repository, digest);
      const known = blobs.get(key);
      if (known !== undefined) return known;
      const read = () => metadata.findBlob(repository, digest);
      return readThrough(repository, read, (found) => blobs.set(key, found));
    },
    listTags(repository, page) {
      const known = tagLists.find(repository, page);
      if (known !== undefined) return known;
      const read = () => metadata.listTags(repository, page);
      return readThrough(repository, read, (found) => tagLists.keep(repository, page, found));
    },
    async linkBlob(repository, digest, size) {
      await metadata.linkBlob(repository, digest, size);
      blobs.delete(keyOf(repository, digest));
    },
    async endUpload(id, blob) {
      await metadata.endUpload(id, blob);
      if (blob !== undefined) blobs.delete(keyOf(blob.repository, blob.digest));
    },
    putManifest(manifest) {
      const { repository, digest } = manifest;
      manifests.delete(keyOf(repository, digest));
      tagLists.drop(repository);
      for (const tag of manifest.tags) tags.delete(keyOf(repository, tag));
      return change(repository, () => metadata.putManifest(manifest));
    },
    removeTag(repository, tag) {
      tags.delete(keyOf(repository, tag));
      tagLists.drop(repository);
      return change(repository, () => metadata.removeTag(repository, tag));
    },
    removeManifest(repository, digest, isFixed) {
      manifests.delete(keyOf(repository, digest));
      // Which tags go with it is not known here, and it happens rarely.
      tags.clear();
      tagLists.drop(repository);
      return change(repository, () => metadata.removeManifest(repository, digest, isFixed));
    },
    unlinkBlob(repository, digest) {
      blobs.delete(keyOf(repository, digest));
      return change(repository, () => metadata.unlinkBlob(repository, digest));
    },
    removeUntagged(items, mayRemove) {
      for (const { repository, digest } of items) manifests.delete(keyOf(repository, digest));
      return changeAll(repositoriesIn(items), () => metadata.removeUntagged(items, mayRemove));
    },
    removeUnreferenced(items, mayRemove) {
      for (const { repository, digest } of items) blobs.delete(keyOf(repository, digest));
      return changeAll(repositoriesIn(items), () => metadata.removeUnreferenced(items, mayRemove));
    },
  };
}

function repositoriesIn(items: readonly SweepItem[]): ReadonlySet<RepositoryName> {
  return new Set(items.map(({ repository }) => repository));
}

/** No name, tag or digest holds a space. */
function keyOf(repository: RepositoryName, reference: string): string {
  return `${repository} ${reference}`;
}
