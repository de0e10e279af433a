/** A chunk of an upload: checked against what is there and against what the client announced, then appended. */
import type { BlobUpload, ByteSource } from './ports.ts';
import { RegistryError } from './registry-error.ts';

/** A piece of a blob as it comes in. */
export interface Chunk {
  readonly source: ByteSource;
  /** Which bytes of the blob the client says these are, `end` being one past the last; undefined: the next ones. */
  readonly range: { readonly start: number; readonly end: number } | undefined;
  /** How many bytes the client announced; undefined when it streams. */
  readonly length: number | undefined;
}

/**
 * Appends a chunk.
 * @param signal ends the appending when another request takes the upload over
 * @returns bytes received so far
 * @throws RegistryError `upload-out-of-order`, `size-mismatch`, `upload-interrupted`; what arrived before stays appended
 */
export async function appendChunk(upload: BlobUpload, chunk: Chunk, signal: AbortSignal): Promise<number> {
  const { range, length } = chunk;
  if (range !== undefined && range.start !== upload.size) {
    const message = `The next byte is ${upload.size}, not ${range.start}.`;
    throw new RegistryError('upload-out-of-order', message, { detail: { received: upload.size } });
  }
  if (range !== undefined && length !== undefined && length !== range.end - range.start) {
    throw new RegistryError('size-mismatch', 'Content-Range and Content-Length disagree.');
  }
  if (length === 0) return upload.size;
  const source = untilAborted(chunk.source, signal);
  return upload.append(range === undefined ? source : ofLength(source, range.end - range.start));
}

/** Passes batches on until the signal comes; the source may then still be waiting for its client. */
async function* untilAborted(source: ByteSource, signal: AbortSignal): ByteSource {
  const batches = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await nextUnlessAborted(batches, signal);
    if (next.done === true) return;
    yield next.value;
  }
}

/** Not `Promise.race` with one long-lived promise: that would keep every batch alive until the end. */
function nextUnlessAborted<T>(iterator: AsyncIterator<T>, signal: AbortSignal): Promise<IteratorResult<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<T>>();
  const onAbort = () => reject(new RegistryError('upload-interrupted', 'Another request has taken this upload over.'));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  iterator.next().then(resolve, reject);
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}

/** Passes on exactly as many bytes as were announced. */
async function* ofLength(source: ByteSource, length: number): ByteSource {
  let left = length;
  for await (const batch of source) {
    for (const piece of batch) left -= piece.byteLength;
    if (left < 0) throw new RegistryError('size-mismatch', 'The body is longer than its Content-Range.');
    yield batch;
  }
  if (left > 0) throw new RegistryError('size-mismatch', 'The body is shorter than its Content-Range.');
}
