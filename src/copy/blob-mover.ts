/** Moves blobs from a source to a target: each once, a few at the same time, none that is there. */
import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import type { Descriptor } from '../oci/descriptor.ts';
import type { Digest } from '../oci/digest.ts';
import type { CopyObserver } from './copy-image.ts';
import type { ImageSource } from './image-source.ts';
import type { BlobOutcome, ImageTarget } from './image-target.ts';
import { createLimit } from './semaphore.ts';

/** Moves blobs, and counts. */
export interface BlobMover {
  /** Settles when the blob is in the target. */
  move(blob: Descriptor): Promise<void>;
  /** Waits for what was begun, however it ends. */
  settle(): Promise<void>;
  readonly counts: { readonly [Outcome in BlobOutcome]: number };
  readonly bytes: number;
}

/** Of small blobs many at the same time make up for the waiting; a long one keeps a processor busy alone. */
const LONG_MIN_BYTES = 16 * 1024 * 1024;

/** One in so many may be long. */
const LONG_SHARE = 2;

/** Makes a mover. @param parallel blobs at the same time */
export function createBlobMover(
  source: ImageSource,
  target: ImageTarget,
  parallel: number,
  observer: CopyObserver,
  signal: AbortSignal,
): BlobMover {
  const limit = createLimit(parallel);
  const limitLong = createLimit(Math.ceil(parallel / LONG_SHARE));
  const moves = new Map<Digest, Promise<void>>();
  const counts = { copied: 0, mounted: 0, there: 0 };
  let bytes = 0;
  const onBytes = (count: number) => {
    bytes += count;
    observer.onBytes?.(count);
  };
  const open = async (blob: Descriptor, offset: number) =>
    counted(await source.openBlob(blob, signal, offset), onBytes);
  const move = async (blob: Descriptor) => {
    signal.throwIfAborted();
    observer.onBlob?.(blob);
    const claimed = await target.claimBlob(blob, source.origin ?? source, signal);
    if (claimed === undefined) await target.writeBlob(blob, (offset) => open(blob, offset), signal);
    const outcome = claimed ?? 'copied';
    counts[outcome]++;
    observer.onBlobDone?.(blob, outcome);
  };
  return {
    counts,
    get bytes() {
      return bytes;
    },
    move(blob) {
      const begin = () => limit(() => move(blob));
      const moving = moves.get(blob.digest) ?? (blob.size < LONG_MIN_BYTES ? begin() : limitLong(begin));
      moves.set(blob.digest, moving);
      return moving;
    },
    settle: async () => void (await Promise.allSettled(moves.values())),
  };
}

/** Listens in a way that does not set the stream in motion, and costs no further link in the chain. */
function counted(stream: Readable, onBytes: (count: number) => void): Readable {
  EventEmitter.prototype.on.call(stream, 'data', (chunk: Uint8Array) => onBytes(chunk.length));
  return stream;
}
