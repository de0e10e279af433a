/** An open blob in a file: large reads, one ahead of the consumer, in memory that is used again. */
import type { BlobReader } from '../core/ports.ts';
import type { OpenFile } from './file-system.ts';
import type { ReadBuffers } from './read-buffers.ts';
import { StorageError } from './storage-error.ts';

interface Filled {
  readonly buffer: Buffer;
  readonly length: number;
}

export class FileBlobReader implements BlobReader {
  readonly size: number;
  readonly #file: OpenFile;
  readonly #buffers: ReadBuffers;
  readonly #reads = new Set<Promise<Filled>>();
  #closed = false;

  constructor(file: OpenFile, buffers: ReadBuffers) {
    this.size = file.facts.size;
    this.#file = file;
    this.#buffers = buffers;
  }

  async *chunks(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    if (start >= end) return;
    let position = start;
    let ahead: Promise<Filled> | undefined = this.#read(position, end);
    try {
      while (ahead !== undefined) {
        const { buffer, length } = await ahead;
        position += length;
        ahead = position < end ? this.#read(position, end) : undefined;
        try {
          yield buffer.subarray(0, length);
        } finally {
          this.#buffers.giveBack(buffer);
        }
      }
    } finally {
      ahead?.then(({ buffer }) => this.#buffers.giveBack(buffer)).catch(() => undefined);
    }
  }

  /** Waits for reads under way: a closed descriptor's number may at once be another file's. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#reads);
    await this.#file.close();
  }

  #read(position: number, end: number): Promise<Filled> {
    const reading = this.#fill(position, end);
    this.#reads.add(reading);
    reading.finally(() => this.#reads.delete(reading)).catch(() => undefined);
    return reading;
  }

  async #fill(position: number, end: number): Promise<Filled> {
    if (this.#closed) throw new StorageError('closed', 'The blob was closed while it was being read.');
    const buffer = this.#buffers.take(end - position);
    try {
      const target = buffer.length > end - position ? buffer.subarray(0, end - position) : buffer;
      const length = await this.#file.read(target, position);
      if (length === 0) throw new StorageError('damaged', `The blob ends at byte ${position}, not at ${end}.`);
      return { buffer, length };
    } catch (error) {
      this.#buffers.giveBack(buffer);
      throw error;
    }
  }
}
