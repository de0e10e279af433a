/** An upload in a file: written and hashed as bytes arrive, verified and given its name at the end. */
import { type Digest, type DigestAlgorithm, algorithmOf } from '../../oci/digest.ts';
import type { BlobUpload, ByteSource } from '../core/ports.ts';
import type { BackgroundHashing } from './background-hashing.ts';
import type { EarlySync } from './early-sync.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import type { StoragePaths } from './paths.ts';
import type { Publisher } from './publisher.ts';
import { StorageError } from './storage-error.ts';
import { type ArrivalDigest, FollowingDigest, type UploadDigest } from './upload-digest.ts';

/** What an upload needs of the store around it. */
export interface UploadSurroundings {
  readonly fileSystem: FileSystem;
  readonly paths: StoragePaths;
  readonly hashing: BackgroundHashing;
  readonly publisher: Publisher;
}

/** What an upload begins with. */
export interface OpenedUpload {
  readonly path: string;
  readonly file: OpenFile;
  readonly size: number;
  readonly digest: UploadDigest;
  readonly earlySync: EarlySync | undefined;
  /** Called when the bytes are kept for later and the digest of them can go on. */
  readonly onKept: (digest: ArrivalDigest, size: number) => void;
  /** Called when the file is not in use any more. */
  readonly onEnd: () => void;
}

export class FileBlobUpload implements BlobUpload {
  readonly #opened: OpenedUpload;
  readonly #around: UploadSurroundings;
  #size: number;
  #digest: UploadDigest;
  #state: 'idle' | 'working' | 'over' = 'idle';
  #isClosed = false;
  /** Why the file may hold other bytes than it should, now or after a power cut. */
  #damage: { readonly cause: unknown } | undefined;

  constructor(opened: OpenedUpload, around: UploadSurroundings) {
    this.#opened = opened;
    this.#around = around;
    this.#size = opened.size;
    this.#digest = opened.digest;
  }

  get size(): number {
    return this.#size;
  }

  /** Each batch is hashed on the event loop while it is written, so it should not be larger than a megabyte or so. */
  async append(source: ByteSource): Promise<number> {
    this.#enter('working');
    try {
      this.#assertSound();
      for await (const batch of source) await this.#write(batch);
      return this.#size;
    } finally {
      this.#state = 'idle';
    }
  }

  /** When it rejects, the upload is over too, but unless its bytes cannot be trusted it can be opened again. */
  finish(digest: Digest): Promise<number | 'mismatch'> {
    return this.#end(async () => {
      this.#assertSound();
      if ((await this.#digestIn(algorithmOf(digest))) !== digest) {
        await this.#drop();
        return 'mismatch';
      }
      await this.#trust(this.#opened.earlySync?.settle());
      await this.#trust(this.#around.publisher.settle(this.#opened.file));
      await this.#close();
      await this.#around.publisher.move(this.#opened.path, this.#around.paths.blob(digest));
      return this.#size;
    });
  }

  release(): Promise<void> {
    return this.#end(async () => {
      await this.#trust(this.#opened.earlySync?.settle()).catch(() => undefined);
      if (this.#damage !== undefined) return this.#drop();
      await this.#close();
      if (this.#digest.kind === 'arrival') this.#opened.onKept(this.#digest, this.#size);
    });
  }

  discard(): Promise<void> {
    return this.#end(() => this.#drop());
  }

  async #write(batch: readonly Uint8Array[]): Promise<void> {
    const length = batch.reduce((sum, bytes) => sum + bytes.length, 0);
    if (length === 0) return;
    const writing = this.#opened.file.write(batch, this.#size);
    this.#digest.arriving(batch);
    try {
      await writing;
    } catch (error) {
      await this.#takeBack();
      throw error;
    }
    this.#size += length;
    this.#digest.stored(this.#size);
    this.#opened.earlySync?.wrote(length);
  }

  /** After a failed write the file is as before it; what was hashed of that batch can only be forgotten with the rest. */
  async #takeBack(): Promise<void> {
    try {
      await this.#trust(this.#opened.file.truncate(this.#size));
    } catch {
      return;
    }
    const { kind, algorithm } = this.#digest;
    if (kind === 'arrival') this.#digest = this.#follow(algorithm);
  }

  async #digestIn(algorithm: DigestAlgorithm): Promise<Digest> {
    if (this.#digest.algorithm === algorithm) return this.#digest.finish();
    const other = this.#follow(algorithm);
    try {
      return await other.finish();
    } finally {
      await other.stop();
    }
  }

  #follow(algorithm: DigestAlgorithm): FollowingDigest {
    return new FollowingDigest(this.#opened.file, this.#around.hashing, algorithm, this.#size);
  }

  #enter(next: 'working' | 'over'): void {
    if (this.#state === 'over') throw new StorageError('upload-over', 'The upload is over.');
    if (this.#state === 'working') throw new StorageError('upload-in-use', 'The upload is being appended to.');
    this.#state = next;
  }

  #assertSound(): void {
    if (this.#damage === undefined) return;
    throw new StorageError('upload-over', 'A failure made the upload unusable.', { cause: this.#damage.cause });
  }

  /** Waits for work after whose failure nobody can say what the file holds. */
  async #trust(work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (cause) {
      this.#damage = { cause };
      throw cause;
    }
  }

  /** Does the last thing an upload does; when that fails, the file is closed all the same. */
  async #end<T>(work: () => Promise<T>): Promise<T> {
    this.#enter('over');
    try {
      return await work();
    } catch (error) {
      await (this.#damage === undefined ? this.#close() : this.#drop()).catch(() => undefined);
      throw error;
    } finally {
      this.#opened.onEnd();
    }
  }

  async #drop(): Promise<void> {
    try {
      await this.#close();
    } finally {
      await this.#around.fileSystem.unlink(this.#opened.path);
    }
  }

  async #close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#digest.stop();
    await this.#opened.earlySync?.settle().catch(() => undefined);
    await this.#opened.file.close();
  }
}
