/** The digest of an upload's bytes, computed as they arrive or, for bytes of an earlier process, from the file. */
import { type Digest, type DigestAlgorithm, type RunningDigest, startDigest } from '../../oci/digest.ts';
import type { BackgroundDigest, BackgroundHashing } from './background-hashing.ts';
import type { OpenFile } from './file-system.ts';
import { StorageError } from './storage-error.ts';

/** The digest of a file that grows. */
interface GrowingDigest {
  readonly algorithm: DigestAlgorithm;
  /** Notes bytes that are on their way into the file, behind all before them. */
  arriving(batch: readonly Uint8Array[]): void;
  /** Notes that the file holds this many bytes. */
  stored(size: number): void;
  /** @returns the digest of the bytes stored */
  finish(): Promise<Digest>;
  /** Resolves when the digest does not use the file any more. */
  stop(): Promise<void>;
}

export type UploadDigest = ArrivalDigest | FollowingDigest;

/** Hashes bytes in memory, on the event loop, while the thread pool writes them. When the write fails, it is spoilt. */
export class ArrivalDigest implements GrowingDigest {
  readonly kind = 'arrival';
  readonly algorithm: DigestAlgorithm;
  readonly running: RunningDigest;

  /** @param running what was hashed of the upload before */
  constructor(algorithm: DigestAlgorithm, running: RunningDigest = startDigest(algorithm)) {
    this.algorithm = algorithm;
    this.running = running;
  }

  arriving(batch: readonly Uint8Array[]): void {
    for (const bytes of batch) this.running.update(bytes);
  }

  stored(): void {}

  finish(): Promise<Digest> {
    return Promise.resolve(this.running.finish());
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Hashes what the file holds, in the background, and follows the file as it grows. The file itself is the queue, so
 * that nobody who sends must wait for the hash, and memory stays flat; what was just written is read from the cache.
 */
export class FollowingDigest implements GrowingDigest {
  readonly kind = 'following';
  readonly algorithm: DigestAlgorithm;
  readonly #file: OpenFile;
  readonly #digest: BackgroundDigest;
  #stored = 0;
  #hashed = 0;
  #following: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #stopped = false;

  /** @param size how many bytes the file holds; hashing them begins at once */
  constructor(file: OpenFile, hashing: BackgroundHashing, algorithm: DigestAlgorithm, size: number) {
    this.algorithm = algorithm;
    this.#file = file;
    this.#digest = hashing.start(algorithm);
    this.stored(size);
  }

  arriving(): void {}

  stored(size: number): void {
    this.#stored = size;
    if (this.#following === undefined && this.#isBehind()) this.#following = this.#follow();
  }

  async finish(): Promise<Digest> {
    await this.#following;
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#stopped = true;
    return this.#digest.finish();
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#following;
    this.#digest.abandon();
  }

  #isBehind(): boolean {
    return !this.#stopped && this.#failure === undefined && this.#hashed < this.#stored;
  }

  async #follow(): Promise<void> {
    try {
      while (this.#isBehind()) this.#hashed += await this.#digest.add((target) => this.#read(target));
    } catch (error) {
      this.#failure = { error };
    }
    this.#following = undefined;
  }

  async #read(target: Uint8Array): Promise<number> {
    const length = await this.#file.read(target.subarray(0, this.#stored - this.#hashed), this.#hashed);
    if (length === 0)
      throw new StorageError('damaged', `The upload ends at byte ${this.#hashed}, not at ${this.#stored}.`);
    return length;
  }
}
