/** Blobs, uploads and indexes in memory, for tests and for registries that need not last. */
import type { Digest } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/repository.ts';
import type { BlobReader, BlobStore, BlobUpload, UploadId } from '../core/ports.ts';
import { MemoryBlobUpload, type MemoryUploadBytes } from './memory-blob-upload.ts';
import { StorageError } from './storage-error.ts';

const CHUNK_SIZE = 512 * 1024;

interface StoredBytes {
  readonly bytes: Buffer;
  readonly changedAt: Date;
}

/** A store that holds what it is given, with the manners of one on disk, and forgets all with the process. */
export class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<Digest, StoredBytes>();
  readonly #uploads = new Map<UploadId, MemoryUploadBytes>();
  readonly #indexes = new Map<RepositoryName, Buffer>();

  async stat(digest: Digest): Promise<number | undefined> {
    return this.#blobs.get(digest)?.bytes.length;
  }

  async open(digest: Digest): Promise<BlobReader | undefined> {
    const stored = this.#blobs.get(digest);
    return stored === undefined ? undefined : new MemoryBlobReader(stored.bytes);
  }

  async put(digest: Digest, bytes: Uint8Array): Promise<void> {
    this.#blobs.set(digest, { bytes: Buffer.from(bytes), changedAt: new Date() });
  }

  async remove(digest: Digest): Promise<boolean> {
    return this.#blobs.delete(digest);
  }

  async *list(): AsyncGenerator<{ readonly digest: Digest; readonly size: number; readonly changedAt: Date }> {
    for (const [digest, { bytes, changedAt }] of this.#blobs) yield { digest, size: bytes.length, changedAt };
  }

  async openUpload(id: UploadId): Promise<BlobUpload> {
    this.#assertNotOpen(id);
    const kept = this.#uploads.get(id) ?? { bytes: Buffer.alloc(0), changedAt: new Date(), isOpen: true };
    kept.isOpen = true;
    this.#uploads.set(id, kept);
    return new MemoryBlobUpload(
      kept,
      (digest, bytes) => void this.#blobs.set(digest, { bytes, changedAt: kept.changedAt }),
      () => void this.#uploads.delete(id),
    );
  }

  async removeUpload(id: UploadId): Promise<void> {
    this.#assertNotOpen(id);
    this.#uploads.delete(id);
  }

  async *listUploads(): AsyncGenerator<{ readonly id: UploadId; readonly size: number; readonly changedAt: Date }> {
    for (const [id, { bytes, changedAt }] of this.#uploads) yield { id, size: bytes.length, changedAt };
  }

  async writeIndex(repository: RepositoryName, bytes: Uint8Array): Promise<void> {
    this.#indexes.set(repository, Buffer.from(bytes));
  }

  async removeIndex(repository: RepositoryName): Promise<void> {
    this.#indexes.delete(repository);
  }

  async tryWriting(): Promise<void> {}

  async *readIndexes(): AsyncGenerator<{ readonly repository: RepositoryName; readonly bytes: Uint8Array }> {
    for (const [repository, bytes] of this.#indexes) yield { repository, bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #assertNotOpen(id: UploadId): void {
    if (this.#uploads.get(id)?.isOpen === true) throw new StorageError('upload-in-use', 'The upload is open.');
  }
}

class MemoryBlobReader implements BlobReader {
  readonly size: number;
  readonly #bytes: Buffer;
  #isClosed = false;

  constructor(bytes: Buffer) {
    this.size = bytes.length;
    this.#bytes = bytes;
  }

  /** Wipes a chunk once the next is asked for, so that a consumer who holds on to one is found out. */
  async *chunks(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let position = start; position < end; position += CHUNK_SIZE) {
      if (this.#isClosed) throw new StorageError('closed', 'The blob was closed while it was being read.');
      const chunkEnd = Math.min(position + CHUNK_SIZE, end);
      if (chunkEnd > this.size) throw new StorageError('damaged', `The blob ends at byte ${this.size}, not at ${end}.`);
      const chunk = Buffer.from(this.#bytes.subarray(position, chunkEnd));
      yield chunk;
      chunk.fill(0);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
  }
}
