/** The first bytes of a stream, as a stream. */
import { Readable } from 'node:stream';

/** @returns a stream of so many bytes; the other one is destroyed when it ends */
export function pieceOf(stream: Readable, length: number): Readable {
  return Readable.from(take(stream, length), { objectMode: false });
}

async function* take(stream: Readable, length: number): AsyncGenerator<Buffer> {
  let left = length;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    yield chunk.length <= left ? chunk : chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}
