/** Puts the contents of backups into a store, each verified, and says what is missing. */
import { randomUUID } from 'node:crypto';
import { type Digest, algorithmOf } from '../../oci/digest.ts';
import type { BlobStore, ByteSource, UploadId } from '../core/ports.ts';
import { BackupError } from './backup-error.ts';

/** Contents that shall be restored, and those that are. */
export class ContentRestore {
  readonly #store: BlobStore;
  readonly #missing = new Set<Digest>();
  readonly #damaged = new Set<Digest>();
  #blobs = 0;
  #bytes = 0;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  /** Contents stored so far, and their bytes. */
  get done(): { readonly blobs: number; readonly bytes: number } {
    return { blobs: this.#blobs, bytes: this.#bytes };
  }

  /** Says what the database names. */
  want(contents: Iterable<{ readonly digest: Digest }>): void {
    for (const { digest } of contents) this.#missing.add(digest);
  }

  /** Stores content that is wanted and not there yet; what is damaged is not stored. */
  async take(digest: Digest, bytes: AsyncIterable<Buffer>): Promise<void> {
    if (!this.#missing.has(digest)) return;
    const size = await this.#write(digest, bytes);
    if (size === 'mismatch') {
      this.#damaged.add(digest);
      return;
    }
    this.#missing.delete(digest);
    this.#blobs += 1;
    this.#bytes += size;
  }

  /**
   * Sees that all is there but what the registry had lost before.
   * @returns how many contents that are
   * @throws BackupError `damaged`, `incomplete`
   */
  finish(lostBefore: readonly Digest[]): number {
    const unexplained = this.#missing.difference(new Set(lostBefore));
    const [first] = unexplained.intersection(this.#damaged);
    if (first !== undefined) throw new BackupError('damaged', `${first} in the backup is not what it was.`);
    if (unexplained.size > 0)
      throw new BackupError('incomplete', `${unexplained.size} contents are not in the backup, but in an earlier one.`);
    return this.#missing.size;
  }

  async #write(digest: Digest, bytes: AsyncIterable<Buffer>): Promise<number | 'mismatch'> {
    const upload = await this.#store.openUpload(randomUUID() as string as UploadId, algorithmOf(digest));
    try {
      await upload.append(inBatches(bytes));
    } catch (error) {
      await upload.discard().catch(() => undefined);
      throw error;
    }
    return await upload.finish(digest);
  }
}

async function* inBatches(bytes: AsyncIterable<Buffer>): ByteSource {
  for await (const piece of bytes) yield [piece];
}
