/** Upload sessions: begun, appended to in order, finished under a digest, resumed after anything that broke them. */
import { randomUUID } from 'node:crypto';
import { type Digest, type DigestAlgorithm, algorithmOf } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/repository.ts';
import { type Chunk, appendChunk } from './chunk.ts';
import type { Leases } from './leases.ts';
import { type OpenUploads, createOpenUploads } from './open-uploads.ts';
import type { BlobStore, BlobUpload, Clock, ContentMetadata, StoredUpload, UploadId } from './ports.ts';
import { RegistryError } from './registry-error.ts';

/** Who asks for a session, and which one. */
export interface SessionKey {
  readonly repository: RepositoryName;
  /** The session's id as the client wrote it. */
  readonly id: string;
  /** The key of the user; undefined for an anonymous one. */
  readonly owner: string | undefined;
}

/** Use cases around uploads. A session belongs to a repository and to the user who began it. */
export interface Uploads extends AsyncDisposable {
  begin(repository: RepositoryName, owner: string | undefined, algorithm: DigestAlgorithm): Promise<UploadId>;
  /** @returns bytes received so far. @throws RegistryError `upload-unknown` */
  size(key: SessionKey): Promise<number>;
  /**
   * Appends a chunk. A writer that comes while another still writes takes the session over: the other's connection
   * is most likely dead.
   * @returns bytes received so far
   * @throws RegistryError `upload-unknown`, `upload-out-of-order`, `size-mismatch`, `upload-interrupted`; what arrived stays
   */
  append(key: SessionKey, chunk: Chunk): Promise<number>;
  /**
   * Appends a last chunk, verifies the whole and makes it a blob of the repository. Finishing again after the answer
   * was lost succeeds.
   * @throws RegistryError as `append`, and `digest-mismatch`: the session is over and its bytes are gone
   */
  finish(key: SessionKey, digest: Digest, chunk: Chunk): Promise<void>;
  /** A whole blob in one go. @throws RegistryError `digest-mismatch`, `upload-interrupted`; nothing stays */
  storeWhole(repository: RepositoryName, digest: Digest, chunk: Chunk): Promise<void>;
  /** @throws RegistryError `upload-unknown` */
  cancel(key: SessionKey): Promise<void>;
  /** Ends a session that nobody goes on with. @returns false when somebody did in the last minutes, or it was over */
  expire(session: StoredUpload): Promise<boolean>;
}

/** Makes the use cases over the two ports. What was stored gets a lease, for the manifest that is to come. */
export function createUploads(metadata: ContentMetadata, store: BlobStore, clock: Clock, leases: Leases): Uploads {
  const open = createOpenUploads(store, async (id) => (await metadata.findUpload(id)) !== undefined);
  return {
    async begin(repository, owner, algorithm) {
      const id = randomUUID() as UploadId;
      await metadata.beginUpload({ id, repository, owner, algorithm, startedAt: clock.now() });
      return id;
    },
    async size(key) {
      return open.size(await requireSession(metadata, key));
    },
    async append(key, chunk) {
      const session = await requireSession(metadata, key);
      const size = await open.use(session, (upload, signal) => appendChunk(upload, chunk, signal));
      if (size === 'over') throw unknown();
      return size;
    },
    async finish(key, digest, chunk) {
      const session = await findSession(metadata, key);
      const finishing = { open, metadata, leases, digest, chunk };
      const outcome = session === undefined ? 'over' : await finishSession(finishing, session);
      if (outcome === 'finished') return;
      // It may be over because it was finished and the answer was lost, or is still on its way to the disk.
      using _held = await leases.hold(digest);
      const finished = await metadata.findBlob(key.repository, digest);
      if (finished === undefined) throw unknown();
      await metadata.linkBlob(key.repository, digest, finished.size);
      leases.grant(digest);
    },
    async storeWhole(repository, digest, chunk) {
      using _held = await leases.hold(digest);
      const size = await storeAtOnce(store, digest, chunk);
      await metadata.linkBlob(repository, digest, size);
      leases.grant(digest);
    },
    async cancel(key) {
      const session = await requireSession(metadata, key);
      if ((await discardSession(open, metadata, session)) === 'over') throw unknown();
    },
    async expire(session) {
      return !open.isOpen(session.id) && (await discardSession(open, metadata, session)) === 'discarded';
    },
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

/** How a session is finished. */
interface Finishing {
  readonly open: OpenUploads;
  readonly metadata: ContentMetadata;
  readonly leases: Leases;
  readonly digest: Digest;
  readonly chunk: Chunk;
}

function finishSession(
  { open, metadata, leases, digest, chunk }: Finishing,
  session: StoredUpload,
): Promise<'finished' | 'over'> {
  const { id, repository } = session;
  return open.use(session, async (upload, signal) => {
    await appendChunk(upload, chunk, signal);
    using _held = await leases.hold(digest);
    const size = await upload.finish(digest);
    try {
      await metadata.endUpload(id, size === 'mismatch' ? undefined : { repository, digest, size });
    } finally {
      open.forget(id);
    }
    if (size === 'mismatch') throw mismatch(digest);
    leases.grant(digest);
    return 'finished' as const;
  });
}

function discardSession(
  open: OpenUploads,
  metadata: ContentMetadata,
  session: StoredUpload,
): Promise<'discarded' | 'over'> {
  const { id } = session;
  return open.use(session, async (upload) => {
    await upload.discard();
    try {
      await metadata.endUpload(id);
    } finally {
      open.forget(id);
    }
    return 'discarded' as const;
  });
}

async function storeAtOnce(store: BlobStore, digest: Digest, chunk: Chunk): Promise<number> {
  const id = randomUUID() as UploadId;
  const upload = await store.openUpload(id, algorithmOf(digest));
  const size = await appendAndFinish(upload, digest, chunk).catch(async (error: unknown) => {
    // What could not be finished is closed already, and only its bytes are left.
    await upload
      .discard()
      .catch(() => store.removeUpload(id))
      .catch(() => undefined);
    throw error;
  });
  if (size === 'mismatch') throw mismatch(digest);
  return size;
}

async function appendAndFinish(upload: BlobUpload, digest: Digest, chunk: Chunk): Promise<number | 'mismatch'> {
  await appendChunk(upload, chunk, new AbortController().signal);
  return upload.finish(digest);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A session of another repository or user is as unknown as one that never was. */
async function findSession(metadata: ContentMetadata, key: SessionKey): Promise<StoredUpload | undefined> {
  const session = UUID.test(key.id) ? await metadata.findUpload(key.id as UploadId) : undefined;
  return session?.repository === key.repository && session.owner === key.owner ? session : undefined;
}

async function requireSession(metadata: ContentMetadata, key: SessionKey): Promise<StoredUpload> {
  const session = await findSession(metadata, key);
  if (session === undefined) throw unknown();
  return session;
}

function unknown(): RegistryError {
  return new RegistryError('upload-unknown', 'blob upload unknown to registry');
}

function mismatch(digest: Digest): RegistryError {
  return new RegistryError('digest-mismatch', 'provided digest did not match uploaded content', { detail: { digest } });
}
