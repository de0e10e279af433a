/** A registry of any make, as functions: what the distribution-spec lets a client ask. */
import type { Readable } from 'node:stream';
import type { Referrer, StoredManifest } from '../../copy/image-source.ts';
import type { BlobOutcome } from '../../copy/image-target.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { discardBody } from './answer-body.ts';
import { createBlobWriter } from './blob-writer.ts';
import { hasBlob, openBlob } from './blobs.ts';
import type { CredentialLookup } from './credentials.ts';
import { deleteManifest, getManifest, headManifest, putManifest } from './manifests.ts';
import { listRepositories, listTags } from './names.ts';
import { NO_NEED } from './needs.ts';
import { listReferrers, noteReferrer, subjectOf } from './referrers.ts';
import { type Session, openSession } from './session.ts';

/** A registry, and how it is to be spoken to. */
export interface RegistryOptions {
  /** `host[:port]`, as references name it. */
  readonly host: string;
  readonly credentials: CredentialLookup;
  /**
   * `always`: TLS with a certificate that is checked; `verify`: the same, but a host of this machine may speak plain HTTP
   * instead; `skip`: TLS whose certificate is not checked, or plain HTTP where there is none; `plain`: HTTP.
   */
  readonly tls: 'always' | 'verify' | 'skip' | 'plain';
  /** PEM, trusted beside those of the system. */
  readonly authorities?: readonly string[];
  /** What this client shows who asks for a certificate, PEM. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  /** An address to connect to instead of where the host's name leads. */
  readonly connectTo?: string;
  readonly userAgent?: string;
  readonly retries?: RetryOptions;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly silence?: number;
}

/** How often what failed is tried again. */
export interface RetryOptions {
  readonly times?: number;
  /** Milliseconds before the first; twice as long before each one more, unless `isFixed`. */
  readonly delay?: number;
  readonly isFixed?: boolean;
}

/** What a manifest is sent as. */
export interface SentManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/**
 * A registry. Nothing is asked before a method is called. Every method may throw REGISTRY_UNREACHABLE,
 * REGISTRY_UNTRUSTED, REGISTRY_TIMEOUT, CREDENTIALS_NEEDED, LOGIN_REFUSED, ACCESS_DENIED, REGISTRY_BUSY, REGISTRY_FAILED,
 * REGISTRY_REFUSED, ANSWER_STRANGE; the signal's reason.
 */
export interface RegistryClient extends AsyncDisposable {
  /** As it was opened. */
  readonly host: string;
  /** Whether it answers at all, and lets this client in. */
  ping(signal: AbortSignal): Promise<void>;
  /** Every repository it tells of, page by page. */
  listRepositories(signal: AbortSignal): AsyncIterable<string>;
  /** @throws DevregError IMAGE_NOT_FOUND when there is no such repository */
  listTags(repository: string, signal: AbortSignal): AsyncIterable<string>;
  /** @returns undefined when it is not there */
  headManifest(repository: string, reference: string, signal: AbortSignal): Promise<Descriptor | undefined>;
  /**
   * @param reference a tag or a digest
   * @throws DevregError IMAGE_NOT_FOUND, CONTENT_WRONG
   */
  getManifest(repository: string, reference: string, signal: AbortSignal): Promise<StoredManifest>;
  /**
   * Stores a manifest under a reference and further tags; keeps the index of referrers where the registry does not.
   * @returns its digest, as the registry has it
   */
  putManifest(
    repository: string,
    reference: string,
    manifest: SentManifest,
    signal: AbortSignal,
    tags?: readonly string[],
  ): Promise<Digest>;
  /**
   * Removes a manifest by its digest, or a tag alone by its name.
   * @throws DevregError IMAGE_NOT_FOUND, DELETE_UNSUPPORTED
   */
  deleteManifest(repository: string, reference: string, signal: AbortSignal): Promise<void>;
  hasBlob(repository: string, digest: Digest, signal: AbortSignal): Promise<boolean>;
  /** As ImageSource has it. @throws DevregError IMAGE_NOT_FOUND, CONTENT_WRONG, REDIRECT_REFUSED; the stream likewise */
  openBlob(repository: string, blob: Descriptor, signal: AbortSignal, offset?: number): Promise<Readable>;
  /** A repository that was seen to have a blob, to mount it from. */
  placeOf(digest: Digest): string | undefined;
  /**
   * Asks the registry to take a blob from another repository of its own.
   * @param from the repository; undefined: one that the registry finds, if it looks for one
   * @returns whether it did
   */
  mountBlob(repository: string, blob: Descriptor, from: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** Stores a blob that is not there yet. @throws DevregError CONTENT_WRONG */
  uploadBlob(
    repository: string,
    blob: Descriptor,
    open: (offset: number) => Promise<Readable>,
    signal: AbortSignal,
    options?: { readonly mountFrom?: string },
  ): Promise<Exclude<BlobOutcome, 'there'>>;
  /** By the API, else by the tag that stands in for it; and what is attached by tags of the digest. */
  listReferrers(repository: string, digest: Digest, signal: AbortSignal): Promise<readonly Referrer[]>;
}

/** Opens a registry. */
export function openRegistry(options: RegistryOptions): RegistryClient {
  const session = openSession(options);
  const writer = createBlobWriter(session);
  let indexing: Promise<unknown> = Promise.resolve();
  return {
    host: options.host,
    ping: (signal) => ping(session, signal),
    listRepositories: (signal) => listRepositories(session, signal),
    listTags: (repository, signal) => listTags(session, repository, signal),
    headManifest: (repository, reference, signal) => headManifest(session, repository, reference, signal),
    getManifest: (repository, reference, signal) => getManifest(session, repository, reference, signal),
    async putManifest(repository, reference, manifest, signal, tags = []) {
      const { digest, knowsSubject } = await putManifest(session, repository, reference, manifest, signal);
      for (const tag of tags) await putManifest(session, repository, tag, manifest, signal);
      const subject = knowsSubject ? undefined : subjectOf(manifest);
      if (subject !== undefined) {
        // One after another: each reads the index and writes it.
        const noted = indexing.then(() => noteReferrer(session, repository, subject, { ...manifest, digest }, signal));
        indexing = noted.catch(() => {});
        await noted;
      }
      return digest;
    },
    deleteManifest: (repository, reference, signal) => deleteManifest(session, repository, reference, signal),
    async hasBlob(repository, digest, signal) {
      const isThere = await hasBlob(session, repository, digest, signal);
      if (isThere) writer.note(repository, digest);
      return isThere;
    },
    openBlob: (repository, blob, signal, offset) => openBlob(session, repository, blob, signal, offset),
    placeOf: (digest) => writer.placeOf(digest),
    mountBlob: (repository, blob, from, signal) => writer.mount(repository, blob, from, signal),
    async uploadBlob(repository, blob, open, signal, { mountFrom } = {}) {
      if (mountFrom !== undefined && (await writer.mount(repository, blob, mountFrom, signal))) return 'mounted';
      await writer.send(repository, blob, open, signal);
      return 'copied';
    },
    listReferrers: (repository, digest, signal) => listReferrers(session, repository, digest, signal),
    async [Symbol.asyncDispose]() {
      await writer[Symbol.asyncDispose]();
      session[Symbol.dispose]();
    },
  };
}

async function ping(session: Session, signal: AbortSignal): Promise<void> {
  const answer = await session.ask({ method: 'GET', path: '/v2/', need: NO_NEED }, signal);
  if (answer.statusCode !== 200) throw await session.failure(answer, 'to answer', NO_NEED);
  discardBody(answer);
}
