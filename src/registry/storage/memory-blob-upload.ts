/** An upload in memory. */
import { type Digest, algorithmOf, digestOf } from '../../oci/digest.ts';
import type { BlobUpload, ByteSource } from '../core/ports.ts';
import { StorageError } from './storage-error.ts';

/** Bytes of an upload, kept while it is closed. */
export interface MemoryUploadBytes {
  bytes: Buffer;
  changedAt: Date;
  isOpen: boolean;
}

export class MemoryBlobUpload implements BlobUpload {
  readonly #kept: MemoryUploadBytes;
  readonly #publish: (digest: Digest, bytes: Buffer) => void;
  readonly #forget: () => void;
  #state: 'idle' | 'working' | 'over' = 'idle';

  /**
   * @param publish makes the bytes visible
   * @param forget drops the bytes from the store
   */
  constructor(kept: MemoryUploadBytes, publish: (digest: Digest, bytes: Buffer) => void, forget: () => void) {
    this.#kept = kept;
    this.#publish = publish;
    this.#forget = forget;
  }

  get size(): number {
    return this.#kept.bytes.length;
  }

  async append(source: ByteSource): Promise<number> {
    this.#enter('working');
    try {
      for await (const batch of source) {
        this.#kept.bytes = Buffer.concat([this.#kept.bytes, ...batch]);
        this.#kept.changedAt = new Date();
      }
      return this.size;
    } finally {
      this.#state = 'idle';
    }
  }

  async finish(digest: Digest): Promise<number | 'mismatch'> {
    this.#enter('over');
    this.#forget();
    if (digestOf(this.#kept.bytes, algorithmOf(digest)) !== digest) return 'mismatch';
    this.#publish(digest, this.#kept.bytes);
    return this.size;
  }

  async release(): Promise<void> {
    this.#enter('over');
    this.#kept.isOpen = false;
  }

  async discard(): Promise<void> {
    this.#enter('over');
    this.#forget();
  }

  #enter(next: 'working' | 'over'): void {
    if (this.#state === 'over') throw new StorageError('upload-over', 'The upload is over.');
    if (this.#state === 'working') throw new StorageError('upload-in-use', 'The upload is being appended to.');
    this.#state = next;
  }
}
