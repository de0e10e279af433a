/** One life of the hash worker: the memory it is lent and the digests it owes. */
import { Worker } from 'node:worker_threads';
import type { Digest, DigestAlgorithm } from '../../oci/digest.ts';
import type { BackgroundDigest } from './background-hashing.ts';
import type { HashReply, HashRequest } from './hash-messages.ts';

const MEMORY_SIZE = 512 * 1024;
/** 2 MiB in all, shared by every digest: one being read into, one being hashed, and as much again for others. */
const MEMORY_COUNT = 4;
/** Hashing needs next to no heap. */
const WORKER_HEAP = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 };

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export class HashSession {
  readonly #worker: Worker;
  readonly #onIdle: () => void;
  readonly #idleMemory: ArrayBuffer[] = [];
  #memoryMade = 0;
  readonly #wantMemory: Waiter<ArrayBuffer>[] = [];
  readonly #wantDigest = new Map<number, Waiter<Digest>>();
  readonly #running = new Set<number>();
  #lastId = 0;
  #failure: Error | undefined;

  /**
   * Starts the worker. It keeps the process alive only while a digest is running.
   * @param onIdle called when the last running digest has ended
   * @param onEnd called when the worker is gone, for whatever reason
   */
  constructor(onIdle: () => void, onEnd: () => void) {
    this.#onIdle = onIdle;
    this.#worker = new Worker(hashWorkerUrl(), { name: 'hash', execArgv: [], resourceLimits: WORKER_HEAP });
    this.#worker.on('message', (reply: HashReply) => this.#take(reply));
    this.#worker.on('error', (error) => this.#fail(new Error('The hash worker failed.', { cause: error })));
    this.#worker.on('exit', () => {
      this.#fail(new Error('The hash worker has ended.'));
      onEnd();
    });
  }

  start(algorithm: DigestAlgorithm): BackgroundDigest {
    const id = (this.#lastId += 1);
    if (this.#running.size === 0) this.#worker.ref();
    this.#running.add(id);
    this.#send({ kind: 'start', id, algorithm });
    return {
      add: (read) => this.#add(id, read),
      finish: () => this.#finish(id),
      abandon: () => this.#abandon(id),
    };
  }

  /** Ends the worker; digests that are still running are never finished. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  async #add(id: number, read: (target: Uint8Array) => Promise<number>): Promise<number> {
    const memory = await this.#takeMemory();
    let length: number;
    try {
      length = await read(new Uint8Array(memory));
    } catch (error) {
      this.#giveMemory(memory);
      throw error;
    }
    this.#send({ kind: 'add', id, memory, length }, [memory]);
    return length;
  }

  #finish(id: number): Promise<Digest> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const digest = new Promise<Digest>((resolve, reject) => this.#wantDigest.set(id, { resolve, reject }));
    this.#send({ kind: 'finish', id });
    return digest;
  }

  #abandon(id: number): void {
    this.#send({ kind: 'abandon', id });
    this.#ended(id);
  }

  #takeMemory(): Promise<ArrayBuffer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const idle = this.#idleMemory.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#memoryMade === MEMORY_COUNT) {
      return new Promise((resolve, reject) => this.#wantMemory.push({ resolve, reject }));
    }
    this.#memoryMade += 1;
    return Promise.resolve(new ArrayBuffer(MEMORY_SIZE));
  }

  #giveMemory(memory: ArrayBuffer): void {
    const next = this.#wantMemory.shift();
    if (next === undefined) this.#idleMemory.push(memory);
    else next.resolve(memory);
  }

  #take(reply: HashReply): void {
    if (reply.kind === 'added') return this.#giveMemory(reply.memory);
    this.#wantDigest.get(reply.id)?.resolve(reply.digest);
    this.#wantDigest.delete(reply.id);
    this.#ended(reply.id);
  }

  #ended(id: number): void {
    if (!this.#running.delete(id) || this.#running.size > 0) return;
    this.#worker.unref();
    this.#onIdle();
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    for (const waiter of [...this.#wantMemory, ...this.#wantDigest.values()]) waiter.reject(this.#failure);
    this.#wantMemory.length = 0;
    this.#wantDigest.clear();
  }

  #send(request: HashRequest, memory: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, memory);
  }
}

/** The worker's program: a source file beside this one, or, when bundled, a file beside the bundle. */
function hashWorkerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './hash-worker.ts' : './hash-worker.js', import.meta.url);
}
