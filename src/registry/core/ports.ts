/** What the registry needs from the outside: a place for bytes, a place for facts, a clock. */
import type { AccountMetadata } from './account-metadata.ts';
import type { MaybePromise } from './maybe-promise.ts';
import type { SweepMetadata } from './sweep-metadata.ts';
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';
import type { RepositoryName, Tag } from '../../oci/repository.ts';
import type { ManifestFacts, ManifestReference } from '../../oci/manifest.ts';

/**
 * `full`: what was answered with success survives a power cut.
 * `fast`: it survives the death of the process, but not of the machine.
 */
export type Durability = 'full' | 'fast';

/** Bytes as they arrive, in order; each item is a batch of pieces, so that one system call can write many. */
export type ByteSource = AsyncIterable<readonly Uint8Array[]>;

/** The name of an upload session: a UUID, lower case. */
export type UploadId = string & { readonly __upload: unique symbol };

/**
 * Where blobs are kept, by digest alone; who may see which is the metadata's affair.
 *
 * Nothing becomes visible under a digest before its bytes are complete, verified and, with durability `full`,
 * safe from a power cut. Storage errors (full disk, I/O) reject with the cause's own error; a failed call leaves
 * what was visible before as it was.
 */
export interface BlobStore extends AsyncDisposable {
  /** @returns the size in bytes, or undefined when the blob is absent */
  stat(digest: Digest): Promise<number | undefined>;
  /** @returns an open blob that stays readable even if it is removed meanwhile, or undefined when it is absent */
  open(digest: Digest): Promise<BlobReader | undefined>;
  /**
   * Stores small content that is in memory. The caller has computed the digest from these bytes.
   * Storing a blob that is there already replaces it (and so heals a damaged one).
   */
  put(digest: Digest, bytes: Uint8Array): Promise<void>;
  /** @returns whether there was such a blob */
  remove(digest: Digest): Promise<boolean>;
  /**
   * Every visible blob, in no particular order; blobs that come or go meanwhile may or may not be listed.
   * `changedAt` is when its bytes were written.
   */
  list(): AsyncIterable<{ readonly digest: Digest; readonly size: number; readonly changedAt: Date }>;
  /**
   * Opens an upload, new or begun earlier, by this process or one before it.
   * @param algorithm the algorithm the client announced; `finish` copes with another
   */
  openUpload(id: UploadId, algorithm: DigestAlgorithm): Promise<BlobUpload>;
  /** Forgets an upload's bytes, whether or not there are any; it must not be open. */
  removeUpload(id: UploadId): Promise<void>;
  /** Every upload that has bytes. */
  listUploads(): AsyncIterable<{ readonly id: UploadId; readonly size: number; readonly changedAt: Date }>;
  /** Keeps a repository's index beside the blobs, so that metadata can be rebuilt; replaces the one before. */
  writeIndex(repository: RepositoryName, bytes: Uint8Array): Promise<void>;
  /** Removes a repository's index, whether or not there is one. */
  removeIndex(repository: RepositoryName): Promise<void>;
  /** Writes a little, as safe as everything else, and takes it away again; rejects as a push would. */
  tryWriting(): Promise<void>;
  /** Every index that `writeIndex` kept. */
  readIndexes(): AsyncIterable<{ readonly repository: RepositoryName; readonly bytes: Uint8Array }>;
}

/** An open blob. */
export interface BlobReader extends AsyncDisposable {
  readonly size: number;
  /**
   * Reads a range, in large chunks, reading ahead while the consumer works.
   * A chunk's memory is used again: it is valid until the next chunk is asked for.
   * @param start first byte
   * @param end one past the last byte, at most `size`
   * @throws when fewer bytes are there than the range names
   */
  chunks(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** An upload that is open for writing; one user at a time. */
export interface BlobUpload {
  /** Bytes taken so far, those of earlier processes included. */
  readonly size: number;
  /**
   * Appends all the source gives. When the source fails, what arrived before stays appended and the source's error
   * is rethrown; when writing fails, the upload is as it was before the last batch.
   * @returns the new size
   */
  append(source: ByteSource): Promise<number>;
  /**
   * Verifies the bytes and makes them visible under the digest; the upload is over.
   * @returns the blob's size, or `mismatch` when the bytes have another digest: nothing became visible and the bytes are gone
   */
  finish(digest: Digest): Promise<number | 'mismatch'>;
  /** Closes the upload and keeps its bytes for later. */
  release(): Promise<void>;
  /** Closes the upload and forgets its bytes. */
  discard(): Promise<void>;
}

/** A manifest as kept in one repository. */
export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** A referrer as the referrers list describes it. */
export interface StoredReferrer {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** An upload session. */
export interface StoredUpload {
  readonly id: UploadId;
  readonly repository: RepositoryName;
  /** The key of the user who began it; undefined for an anonymous one. */
  readonly owner: string | undefined;
  readonly algorithm: DigestAlgorithm;
  readonly startedAt: Date;
}

/** A page of a sorted list: at most `limit` names that come after `after`, in byte order. */
export interface Page {
  readonly after: string | undefined;
  readonly limit: number;
}

/** A manifest to be stored. */
export interface NewManifest {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly facts: ManifestFacts;
  /** Tags that shall point to it, all or none. */
  readonly tags: readonly Tag[];
  /** References that must be in the repository; a `manifest` reference is also satisfied by a blob of that digest. */
  readonly required: readonly ManifestReference[];
  /** Tags that must not move; none when undefined. */
  readonly isFixed?: TagFilter;
}

/** Which tags are meant. */
export type TagFilter = (tag: Tag) => boolean;

/**
 * What the registry knows. The source of truth: a blob without a row here is not there.
 *
 * Every writing method is one transaction: it happens whole or not at all, and with durability `full` its promise
 * resolves only when it survives a power cut. Reading methods see every write whose promise has resolved.
 * Repositories come into being with their first content. Lists are in byte order.
 */
export interface Metadata extends ContentMetadata, SweepMetadata, AccountMetadata, AsyncDisposable {
  /** Writes a little that says nothing; rejects as every other write would. */
  tryWriting(): Promise<void>;
}

/** Facts about content. */
export interface ContentMetadata {
  /** @returns whether the repository has ever held content and was not removed */
  hasRepository(repository: RepositoryName): Promise<boolean>;
  /** @returns names of repositories; `prefix` keeps those that begin with it */
  listRepositories(page: Page & { readonly prefix?: string }): Promise<RepositoryName[]>;

  /** @returns the blob's size if this repository holds it */
  findBlob(repository: RepositoryName, digest: Digest): MaybePromise<{ readonly size: number } | undefined>;
  /** @returns repositories that hold the blob, at most `limit` */
  repositoriesWithBlob(digest: Digest, limit: number): Promise<RepositoryName[]>;
  /** Makes a stored blob part of a repository. */
  linkBlob(repository: RepositoryName, digest: Digest, size: number): Promise<void>;
  /** Makes a blob of one repository part of another. @returns whether `from` holds it */
  mountBlob(from: RepositoryName, to: RepositoryName, digest: Digest): Promise<boolean>;
  /** Takes a blob out of a repository unless a manifest there references it. */
  unlinkBlob(repository: RepositoryName, digest: Digest): Promise<'removed' | 'unknown' | 'referenced'>;

  /** @returns the manifest a tag or digest names in this repository */
  findManifest(repository: RepositoryName, reference: Tag | Digest): MaybePromise<StoredManifest | undefined>;
  /**
   * Stores a manifest and points tags to it. Storing one that is there already is no error; its bytes stay.
   * @returns the required references that are missing; when there are any, nothing was stored
   * @throws RegistryError `tag-immutable` when a fixed tag points to another manifest; nothing was stored
   */
  putManifest(manifest: NewManifest): Promise<Digest[]>;
  /**
   * Removes a manifest and every tag that points to it.
   * @param isFixed tags that must stay; none when undefined
   * @returns whether it was there
   * @throws RegistryError `tag-immutable` when a fixed tag points to it
   */
  removeManifest(repository: RepositoryName, digest: Digest, isFixed?: TagFilter): Promise<boolean>;
  /** @returns whether it was there */
  removeTag(repository: RepositoryName, tag: Tag): Promise<boolean>;
  /** @returns tags, or undefined when there is no such repository */
  listTags(repository: RepositoryName, page: Page): MaybePromise<readonly Tag[] | undefined>;
  /** @returns manifests of this repository whose subject is the digest, by digest, of the artifact type if one is given */
  listReferrers(
    repository: RepositoryName,
    subject: Digest,
    page: Page & { readonly artifactType?: string },
  ): Promise<StoredReferrer[]>;

  /** Remembers an upload session. Survives the process; need not survive a power cut. */
  beginUpload(upload: StoredUpload): Promise<void>;
  findUpload(id: UploadId): Promise<StoredUpload | undefined>;
  /** Ends a session; with a blob, makes the blob part of the session's repository in the same transaction. */
  endUpload(
    id: UploadId,
    blob?: { readonly repository: RepositoryName; readonly digest: Digest; readonly size: number },
  ): Promise<void>;

  /** Repositories whose manifests or tags changed since `markSaved`, at most `limit`, the longest waiting first. */
  listUnsaved(limit: number): Promise<{ readonly repository: RepositoryName; readonly revision: number }[]>;
  /** Every manifest of a repository with its tags, by digest; empty when there is no such repository. */
  listManifests(
    repository: RepositoryName,
    page: Page,
  ): Promise<(StoredManifest & { readonly tags: readonly Tag[] })[]>;
  /** Notes that a repository's index was kept as of a revision. */
  markSaved(repository: RepositoryName, revision: number): Promise<void>;
}

/** What the time is. */
export interface Clock {
  now(): Date;
}
