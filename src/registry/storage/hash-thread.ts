/** Hashing in a worker thread that is there only while it is needed. */
import type { DigestAlgorithm } from '../../oci/digest.ts';
import type { BackgroundDigest, BackgroundHashing } from './background-hashing.ts';
import { HashSession } from './hash-session.ts';
import { StorageError } from './storage-error.ts';

/** A worker costs some megabytes and is started in some ten milliseconds. */
const IDLE_MS = 10_000;

/** Starts a worker with the first digest and ends it when none has been running for a while. */
export class HashThread implements BackgroundHashing {
  readonly #idleMs: number;
  #session: HashSession | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param idleMs how long a worker that has nothing to do is kept */
  constructor(idleMs = IDLE_MS) {
    this.#idleMs = idleMs;
  }

  start(algorithm: DigestAlgorithm): BackgroundDigest {
    if (this.#closed) throw new StorageError('closed', 'The store was closed.');
    clearTimeout(this.#idleTimer);
    this.#session ??= this.#begin();
    return this.#session.start(algorithm);
  }

  /** Ends the worker; digests that are still running reject. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  #begin(): HashSession {
    const session: HashSession = new HashSession(
      () => this.#endLater(),
      () => {
        if (this.#session === session) this.#session = undefined;
      },
    );
    return session;
  }

  #endLater(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => void this.#end(), this.#idleMs).unref();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const session = this.#session;
    this.#session = undefined;
    await session?.end();
  }
}
