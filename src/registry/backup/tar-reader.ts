/** Reads tar archives from first to last byte, as they arrive. */
import { BackupError } from './backup-error.ts';
import { BLOCK, type TarEntry, gapAfter, parseHeader } from './tar-header.ts';

/** A file whose bytes come as they are asked for; what is left of them is passed over with the next file. */
export interface ArrivingFile extends TarEntry {
  readonly bytes: AsyncIterable<Buffer>;
}

/**
 * The files of an archive. What comes behind its end is not looked at.
 * @throws BackupError `cut-off`, `unreadable`
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<ArrivingFile> {
  await using input = new Input(source);
  for (;;) {
    const entry = parseHeader(await input.block());
    if (entry === 'end') return;
    if (entry === undefined) throw new BackupError('unreadable', 'It is no backup, or damaged.');
    const bytes = input.take(entry.size);
    yield { ...entry, bytes };
    for await (const _left of bytes);
    for await (const _empty of input.take(gapAfter(entry.size)));
  }
}

/** Pieces of any length, cut as they are needed. */
class Input implements AsyncDisposable {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  async block(): Promise<Buffer> {
    return Buffer.concat(await Array.fromAsync(this.take(BLOCK)));
  }

  /** So many bytes, in the pieces they came in; what is not asked for stays. */
  take(size: number): AsyncIterable<Buffer> {
    let left = size;
    const next = async (): Promise<IteratorResult<Buffer>> => {
      if (left === 0) return { done: true, value: undefined };
      const piece = await this.#cut(left);
      left -= piece.length;
      return { done: false, value: piece };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pieces.return?.();
  }

  async #cut(most: number): Promise<Buffer> {
    while (this.#piece.length === 0) {
      const { done, value } = await this.#pieces.next();
      if (done === true) throw new BackupError('cut-off', 'The backup ends too early.');
      this.#piece = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const cut = this.#piece.subarray(0, most);
    this.#piece = this.#piece.subarray(cut.length);
    return cut;
  }
}
