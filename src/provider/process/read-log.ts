/** Reads the log of a registry's process, and goes on with what comes. */
import { watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { systemCodeOf, translateReadErrors } from '../../errors.ts';

/** How much of a log. */
export interface LogWish {
  /** Lines from before; undefined: all there are. */
  readonly tail: number | undefined;
  /** Whether to go on with what comes, until the signal aborts. */
  readonly follow: boolean;
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Reads a log, line by line; none when there is no such file.
 * @throws DevregError when the file system refuses; the signal's reason when it aborts
 */
export async function* readLogFile(
  path: string,
  { tail, follow }: LogWish,
  signal: AbortSignal,
): AsyncGenerator<string> {
  await using file = await openIfPresent(path);
  if (file === undefined) return;
  // Watched from before the first look, so that nothing is missed between the two.
  using changes = follow ? watchChanges(path) : undefined;
  const nextLines = readLines(file);
  const before: string[] = [];
  for (let lines = await nextLines(); lines !== undefined; lines = await nextLines()) {
    before.push(...lines);
    if (tail !== undefined) before.splice(0, before.length - tail);
  }
  yield* before;
  if (changes === undefined) return;
  for (;;) {
    await changes.next(signal);
    for (let lines = await nextLines(); lines !== undefined; lines = await nextLines()) yield* lines;
  }
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  return translateReadErrors(path, async () => {
    try {
      return await open(path, 'r');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}

/** @returns what reads the whole lines of the next piece; undefined at the end, as it is then */
function readLines(file: FileHandle): () => Promise<string[] | undefined> {
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let rest = '';
  return async () => {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
    if (bytesRead === 0) return undefined;
    const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
    rest = lines.pop() ?? '';
    return lines;
  };
}

/** @returns what waits until the file has changed since it was asked last */
function watchChanges(path: string): Disposable & { next(signal: AbortSignal): Promise<void> } {
  let change = Promise.withResolvers<void>();
  const watcher = watch(path, () => change.resolve());
  return {
    async next(signal) {
      const aborted = Promise.withResolvers<never>();
      const onAbort = () => aborted.reject(signal.reason);
      signal.throwIfAborted();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await Promise.race([change.promise, aborted.promise]);
        change = Promise.withResolvers<void>();
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    [Symbol.dispose]: () => watcher.close(),
  };
}
