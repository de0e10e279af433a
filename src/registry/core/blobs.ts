/** Blobs of a repository: looking, reading, removing, taking over from other repositories. */
import type { Digest } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/repository.ts';
import { type Leases, lookWithLease } from './leases.ts';
import type { LostBlobs } from './lost-blobs.ts';
import { type MaybePromise, andThen } from './maybe-promise.ts';
import type { BlobReader, ContentMetadata } from './ports.ts';
import { RegistryError } from './registry-error.ts';

/** Of a blob that many repositories hold, this many are asked whether the client may read one of them. */
const MOUNT_SOURCES_MAX = 100;

/** Use cases around blobs. */
export interface Blobs {
  /** @throws RegistryError `blob-unknown` */
  stat(repository: RepositoryName, digest: Digest): MaybePromise<{ readonly size: number }>;
  /** @throws RegistryError `blob-unknown`, also when the metadata knows it but the store has lost it */
  open(repository: RepositoryName, digest: Digest): Promise<BlobReader>;
  /** @throws RegistryError `blob-unknown`, `blob-referenced` */
  remove(repository: RepositoryName, digest: Digest): Promise<void>;
  /**
   * Makes a blob of another repository part of this one.
   * @param from the repository to take it from; undefined: any that holds it
   * @param mayRead decides which repositories the client may take it from
   * @returns whether it could be done; not when the store has lost it
   */
  mount(
    to: RepositoryName,
    digest: Digest,
    from: RepositoryName | undefined,
    mayRead: (repository: RepositoryName) => boolean,
  ): Promise<boolean>;
}

/**
 * Makes the use cases over the metadata and what the store has. Whoever is told of a blob gets a lease, and where that
 * is a new one the bytes are looked at first; so what the store has lost is told of for the time of a lease at most.
 */
export function createBlobs(metadata: ContentMetadata, lost: LostBlobs, leases: Leases): Blobs {
  const find = (repository: RepositoryName, digest: Digest) => {
    let isNew = false;
    const grant = () => {
      const isFirst = leases.grant(digest);
      isNew ||= isFirst;
      return isFirst;
    };
    const look = () => metadata.findBlob(repository, digest);
    return andThen(
      lookWithLease({ grant }, look, () => digest),
      (found) => {
        if (found === undefined) throw unknown(digest);
        return { digest, size: found.size, isDoubtful: isNew || lost.isSuspect(digest) };
      },
    );
  };
  return {
    stat(repository, digest) {
      return andThen(find(repository, digest), (found) => {
        if (!found.isDoubtful) return found;
        return andThen(lost.isStored(found), (isStored) => {
          if (!isStored) throw unknown(digest);
          return found;
        });
      });
    },
    async open(repository, digest) {
      const reader = await lost.open(await find(repository, digest));
      if (reader === undefined) throw unknown(digest);
      return reader;
    },
    async remove(repository, digest) {
      const outcome = await metadata.unlinkBlob(repository, digest);
      if (outcome === 'unknown') throw unknown(digest);
      if (outcome === 'referenced') {
        throw new RegistryError(
          'blob-referenced',
          'A manifest of this repository references the blob; delete the manifest first.',
        );
      }
    },
    async mount(to, digest, from, mayRead) {
      const candidates = from === undefined ? await metadata.repositoriesWithBlob(digest, MOUNT_SOURCES_MAX) : [from];
      const source = candidates.find(mayRead);
      if (source === undefined) return false;
      using _held = await leases.hold(digest);
      const isMounted = await metadata.mountBlob(source, to, digest);
      const isDoubtful = isMounted && (leases.grant(digest) || lost.isSuspect(digest));
      if (!isDoubtful) return isMounted;
      const found = await metadata.findBlob(to, digest);
      return found !== undefined && (await lost.isStored({ digest, size: found.size }));
    },
  };
}

function unknown(digest: Digest): RegistryError {
  return new RegistryError('blob-unknown', 'blob unknown to registry', { detail: { digest } });
}
