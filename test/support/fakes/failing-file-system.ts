/** A file system that lets chosen calls to another fail. */
import type { FileFacts, FileSystem, OpenFile } from '../../../src/registry/storage/file-system.ts';
import { systemError } from './power-loss-file-system.ts';

/** How a call fails: with which code, and whether it has its effect all the same. */
export interface Failure {
  readonly code: string;
  readonly hasEffect: boolean;
}

/** Counts calls, those on open files included, and asks about each whether it fails. */
export class FailingFileSystem implements FileSystem {
  /** Calls so far. */
  calls = 0;
  readonly #inner: FileSystem;
  readonly #failureOf: (call: number, name: string) => Failure | undefined;

  /** @param failureOf is given the call's number, from 1, and its name */
  constructor(inner: FileSystem, failureOf: (call: number, name: string) => Failure | undefined) {
    this.#inner = inner;
    this.#failureOf = failureOf;
  }

  createFile(path: string): Promise<OpenFile | undefined> {
    return this.#opening('createFile', () => this.#inner.createFile(path));
  }

  openFile(path: string, access: 'read' | 'write'): Promise<OpenFile | undefined> {
    return this.#opening('openFile', () => this.#inner.openFile(path, access));
  }

  stat(path: string): Promise<FileFacts | undefined> {
    return this.#call('stat', () => this.#inner.stat(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call('rename', () => this.#inner.rename(from, to));
  }

  unlink(path: string): Promise<boolean> {
    return this.#call('unlink', () => this.#inner.unlink(path));
  }

  makeDirectory(path: string): Promise<'made' | 'there' | 'no-parent'> {
    return this.#call('makeDirectory', () => this.#inner.makeDirectory(path));
  }

  list(path: string): Promise<string[]> {
    return this.#call('list', () => this.#inner.list(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#call('syncDirectory', () => this.#inner.syncDirectory(path));
  }

  async #opening(name: string, open: () => Promise<OpenFile | undefined>): Promise<OpenFile | undefined> {
    let file: OpenFile | undefined;
    try {
      return await this.#call(name, async () => {
        file = await open();
        return file === undefined ? undefined : this.#wrap(file);
      });
    } catch (error) {
      await file?.close();
      throw error;
    }
  }

  #wrap(file: OpenFile): OpenFile {
    return {
      facts: file.facts,
      write: (buffers, position) =>
        this.#call(
          'write',
          () => file.write(buffers, position),
          () => file.write(firstHalf(buffers), position),
        ),
      read: (target, position) => this.#call('read', () => file.read(target, position)),
      truncate: (size) => this.#call('truncate', () => file.truncate(size)),
      sync: () => this.#call('sync', () => file.sync()),
      close: () =>
        this.#call(
          'close',
          () => file.close(),
          () => file.close(),
        ),
    };
  }

  /** @param partial what a failing call does that has no full effect */
  async #call<T>(name: string, work: () => Promise<T>, partial?: () => Promise<unknown>): Promise<T> {
    this.calls += 1;
    const failure = this.#failureOf(this.calls, name);
    if (failure === undefined) return work();
    await (failure.hasEffect ? work() : partial?.());
    throw systemError(failure.code);
  }
}

function firstHalf(buffers: readonly Uint8Array[]): readonly Uint8Array[] {
  const bytes = Buffer.concat(buffers);
  return [bytes.subarray(0, bytes.length >> 1)];
}
