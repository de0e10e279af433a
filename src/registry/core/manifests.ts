/** Manifests and tags of a repository: stored byte for byte, never without what they reference. */
import { type Digest, CANONICAL_ALGORITHM, algorithmOf, digestOf } from '../../oci/digest.ts';
import { type ManifestFacts, type ManifestReference, isProblem, parseManifest } from '../../oci/manifest.ts';
import type { RepositoryName, Tag } from '../../oci/repository.ts';
import { type Leases, lookWithLease } from './leases.ts';
import type { LostBlobs } from './lost-blobs.ts';
import { type MaybePromise, andThen } from './maybe-promise.ts';
import type { ContentMetadata, Page, StoredManifest, StoredReferrer, TagFilter } from './ports.ts';
import { RegistryError } from './registry-error.ts';

/** Each reference is looked up and stored; more than any image has would hold up everybody else. */
const REFERENCES_MAX = 4_000;

/** A manifest as a client pushes it. */
interface PushedManifest {
  readonly repository: RepositoryName;
  /** The digest the client gave; undefined when it pushes by tag. */
  readonly digest: Digest | undefined;
  readonly tags: readonly Tag[];
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Tags that must not move. */
  readonly isFixed: TagFilter;
}

/** What became of a pushed manifest. */
interface PutManifest {
  readonly digest: Digest;
  readonly facts: ManifestFacts;
}

/** Use cases around manifests. */
export interface Manifests {
  /** @throws RegistryError `manifest-unknown` */
  find(repository: RepositoryName, reference: Tag | Digest): MaybePromise<StoredManifest>;
  /** @throws RegistryError `manifest-invalid`, `digest-mismatch`, `manifest-incomplete`, `tag-immutable`; nothing is stored */
  put(pushed: PushedManifest): Promise<PutManifest>;
  /** Removes a manifest with its tags. @throws RegistryError `manifest-unknown`, `tag-immutable` */
  remove(repository: RepositoryName, digest: Digest, isFixed: TagFilter): Promise<void>;
  /** @throws RegistryError `manifest-unknown`, `tag-immutable` */
  removeTag(repository: RepositoryName, tag: Tag, isFixed: TagFilter): Promise<void>;
  /** @throws RegistryError `name-unknown` */
  listTags(repository: RepositoryName, page: Page): MaybePromise<readonly Tag[]>;
  listReferrers(
    repository: RepositoryName,
    subject: Digest,
    page: Page & { readonly artifactType?: string },
  ): Promise<StoredReferrer[]>;
}

/** How manifests are taken. */
export interface ManifestOptions {
  /** Accept manifests whose references are not all in the repository, for mirrors of some platforms. */
  readonly allowSparse: boolean;
  /** What clients are told of stays there for a while. */
  readonly leases: Leases;
  /** What the store has lost counts as missing. */
  readonly lost: Pick<LostBlobs, 'isSuspect' | 'isStored'>;
  /** Told after every change of manifests or tags. */
  readonly onChange: () => void;
}

/** Makes the use cases. */
export function createManifests(metadata: ContentMetadata, options: ManifestOptions): Manifests {
  return {
    find(repository, reference) {
      const look = () => metadata.findManifest(repository, reference);
      return andThen(
        lookWithLease(options.leases, look, ({ digest }) => digest),
        (manifest) => manifest ?? throwUnknown(metadata, repository, reference),
      );
    },
    async put(pushed) {
      const digest = verifiedDigest(pushed);
      const facts = parseManifest(pushed.bytes, pushed.contentType);
      if (isProblem(facts)) throw new RegistryError('manifest-invalid', facts.problem);
      if (facts.references.length > REFERENCES_MAX) {
        throw new RegistryError('manifest-invalid', `A manifest references at most ${REFERENCES_MAX} others.`);
      }
      const required = options.allowSparse ? [] : facts.references.filter((reference) => !reference.optional);
      const { repository, bytes, tags, isFixed } = pushed;
      const gone = await findLost(metadata, options.lost, repository, required);
      if (gone.length > 0) throw incomplete(gone);
      using _held = await options.leases.hold(digest);
      const missing = await metadata.putManifest({ repository, digest, bytes, facts, tags, required, isFixed });
      if (missing.length > 0) throw incomplete(missing);
      options.leases.grant(digest);
      options.onChange();
      return { digest, facts };
    },
    async remove(repository, digest, isFixed) {
      if (!(await metadata.removeManifest(repository, digest, isFixed)))
        throw await unknown(metadata, repository, digest);
      options.onChange();
    },
    async removeTag(repository, tag, isFixed) {
      if (isFixed(tag) && (await metadata.findManifest(repository, tag)) !== undefined) throw tagImmutable(tag);
      if (!(await metadata.removeTag(repository, tag))) throw await unknown(metadata, repository, tag);
      options.onChange();
    },
    listTags(repository, page) {
      return andThen(metadata.listTags(repository, page), (tags) => {
        if (tags === undefined) throw unknownRepository();
        return tags;
      });
    },
    listReferrers: (repository, subject, page) => metadata.listReferrers(repository, subject, page),
  };
}

/** What a fixed tag is protected by. */
export function tagImmutable(tag: Tag): RegistryError {
  const message = `the tag ${tag} is there already and immutable: it can be neither moved nor deleted.`;
  return new RegistryError('tag-immutable', message, { detail: { tag } });
}

function verifiedDigest({ bytes, digest }: PushedManifest): Digest {
  const actual = digestOf(bytes, digest === undefined ? CANONICAL_ALGORITHM : algorithmOf(digest));
  if (digest === undefined || digest === actual) return actual;
  throw new RegistryError('digest-mismatch', 'provided digest did not match uploaded content', { detail: { digest } });
}

/** Those of the references that were found to be lost, and still are. */
async function findLost(
  metadata: ContentMetadata,
  lost: ManifestOptions['lost'],
  repository: RepositoryName,
  required: readonly ManifestReference[],
): Promise<Digest[]> {
  const gone: Digest[] = [];
  for (const { digest } of required) {
    const found = lost.isSuspect(digest) ? await metadata.findBlob(repository, digest) : undefined;
    if (found !== undefined && !(await lost.isStored({ digest, size: found.size }))) gone.push(digest);
  }
  return gone;
}

function incomplete(missing: readonly Digest[]): RegistryError {
  const detail = missing.map((digest) => ({ digest }));
  return new RegistryError('manifest-incomplete', `manifest references ${missing.length} unknown to this repository`, {
    detail,
  });
}

async function unknown(
  metadata: ContentMetadata,
  repository: RepositoryName,
  reference: string,
): Promise<RegistryError> {
  if (!(await metadata.hasRepository(repository))) return unknownRepository();
  return new RegistryError('manifest-unknown', 'manifest unknown', { detail: { reference } });
}

async function throwUnknown(...about: Parameters<typeof unknown>): Promise<never> {
  throw await unknown(...about);
}

function unknownRepository(): RegistryError {
  return new RegistryError('name-unknown', 'repository name not known to registry');
}
