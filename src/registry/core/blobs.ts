/** Blobs of a repository: looking, reading, removing, taking over from other repositories. */
import type { Digest } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/repository.ts';
import { type Leases, lookWithLease } from './leases.ts';
import type { BlobReader, BlobStore, ContentMetadata } from './ports.ts';
import { RegistryError } from './registry-error.ts';

/** Of a blob that many repositories hold, this many are asked whether the client may read one of them. */
const MOUNT_SOURCES_MAX = 100;

/** Use cases around blobs. */
export interface Blobs {
  /** @throws RegistryError `blob-unknown` */
  stat(repository: RepositoryName, digest: Digest): Promise<{ readonly size: number }>;
  /** @throws RegistryError `blob-unknown`, also when the metadata knows it but the store has lost it */
  open(repository: RepositoryName, digest: Digest): Promise<BlobReader>;
  /** @throws RegistryError `blob-unknown`, `blob-referenced` */
  remove(repository: RepositoryName, digest: Digest): Promise<void>;
  /**
   * Makes a blob of another repository part of this one.
   * @param from the repository to take it from; undefined: any that holds it
   * @param mayRead decides which repositories the client may take it from
   * @returns whether it could be done
   */
  mount(
    to: RepositoryName,
    digest: Digest,
    from: RepositoryName | undefined,
    mayRead: (repository: RepositoryName) => boolean,
  ): Promise<boolean>;
}

/** Makes the use cases over the two ports. Whoever is told of a blob gets a lease. */
export function createBlobs(metadata: ContentMetadata, store: BlobStore, leases: Leases): Blobs {
  const stat: Blobs['stat'] = async (repository, digest) => {
    const found = await lookWithLease(
      leases,
      () => metadata.findBlob(repository, digest),
      () => digest,
    );
    if (found === undefined) throw unknown(digest);
    return found;
  };
  return {
    stat,
    async open(repository, digest) {
      await stat(repository, digest);
      const reader = await store.open(digest);
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
      if (isMounted) leases.grant(digest);
      return isMounted;
    },
  };
}

function unknown(digest: Digest): RegistryError {
  return new RegistryError('blob-unknown', 'blob unknown to registry', { detail: { digest } });
}
