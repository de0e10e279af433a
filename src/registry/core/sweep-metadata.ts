/** What walks over everything ask of the metadata, as the collection of garbage does: in small steps, of few rows each. */
import type { Digest } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/repository.ts';
import type { StoredUpload, UploadId } from './ports.ts';

/** A place in a walk over everything; only the store that gave it can read it. */
export type SweepPlace = string & { readonly __sweepPlace: unique symbol };

/** How far a step of a walk goes. */
export interface SweepStep {
  /** Undefined: from the beginning. */
  readonly after: SweepPlace | undefined;
  /** How many rows are looked at, whatever comes of them. */
  readonly rows: number;
  /** How many keepers are told of each find, at most. */
  readonly keepers: number;
}

/** Something of a repository: a blob, or a manifest. */
export interface SweepItem {
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

/** Something that may be garbage. */
export interface SweepFind extends SweepItem {
  readonly size: number;
  /** Manifests of the same repository because of which it stays; it is garbage without any. */
  readonly keepers: readonly Digest[];
}

/** What a step came upon. */
interface SweepResult {
  readonly found: readonly SweepFind[];
  /** Where to go on; undefined at the end. */
  readonly next: SweepPlace | undefined;
}

/** What a step of measuring came upon. */
interface MeasuredBlobs {
  /** Blobs whose first row the step came upon: each counts once, whichever repositories have it. */
  readonly blobs: number;
  /** Bytes of these. */
  readonly bytes: number;
  /** Where to go on; undefined at the end. */
  readonly next: SweepPlace | undefined;
}

/**
 * Decides about a digest inside the transaction that removes it, so that nobody is told of it in between. Where several
 * processes share one database, leases are rows of it, and the transaction looks at those.
 */
export type MayRemove = (digest: Digest) => boolean;

/**
 * When the last promise ends that this and earlier processes have given: of content that clients were told of, and for
 * which a restarted registry knows no leases. `open`: a process gives some now, or died over it.
 */
export type PromiseEnd = Date | 'open';

/** Facts for the collection of garbage. */
export interface SweepMetadata {
  /** Upload sessions by id, after one of them. */
  listUploads(page: { readonly after: UploadId | undefined; readonly limit: number }): Promise<StoredUpload[]>;

  /**
   * Walks over manifests and finds those without a tag. What keeps one is: a manifest that lists it, one whose subject it
   * is, its own subject if that is there, and what a signature's tag points to (`sha256-<hex>`, with or without an
   * ending, as sigstore and the fallback of the referrers API name it).
   */
  sweepManifests(step: SweepStep): Promise<SweepResult>;
  /**
   * Removes, of these, the manifests that still have neither tag nor keeper.
   * @returns those that were removed
   */
  removeUntagged<T extends SweepItem>(items: readonly T[], mayRemove: MayRemove): Promise<T[]>;

  /** Walks over the blobs of repositories, and finds all of them. */
  sweepBlobs(step: SweepStep): Promise<SweepResult>;
  /**
   * Takes, of these, the blobs out of their repositories that still have no keeper.
   * @returns those that were taken out
   */
  removeUnreferenced<T extends SweepItem>(items: readonly T[], mayRemove: MayRemove): Promise<T[]>;

  /** Measures the blobs of all repositories. */
  measureBlobs(step: Pick<SweepStep, 'after' | 'rows'>): Promise<MeasuredBlobs>;

  /**
   * Counts, for each digest, the repositories that have it as a blob or as a manifest. What is counted, and what is not
   * there any more, survives a power cut: bytes may be removed on the strength of it.
   * @param limit beyond which it need not count
   */
  countHolders(digests: readonly Digest[], limit: number): Promise<number[]>;

  /** @returns what `notePromiseEnd` noted last; `open` when it never did */
  findPromiseEnd(): Promise<PromiseEnd>;
  notePromiseEnd(end: PromiseEnd): Promise<void>;
}
