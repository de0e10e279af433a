/** The body of a request as a source of large batches, without streams in between. */
import type { IncomingMessage } from 'node:http';
import type { ByteSource } from '../core/ports.ts';
import { RegistryError } from '../core/registry-error.ts';
import { BODY_BATCH_BYTES, BODY_BATCH_PIECES, BODY_READ_TIMEOUT_MS } from './limits.ts';
import { noteReceived } from './reclaim.ts';
import type { RequestBody } from './request.ts';

/** Where a body comes from. */
export interface BodySource {
  /** Content-Length; undefined when the client streams. */
  readonly length: number | undefined;
  received(): number;
  /** The batches, once; each may be good until the next is asked for only. */
  batches(): AsyncGenerator<readonly Uint8Array[]>;
}

/**
 * The body of a request.
 * @param readTimeout milliseconds within which a body that is read whole must arrive
 */
export function requestBody(source: BodySource, readTimeout = BODY_READ_TIMEOUT_MS): RequestBody {
  const { length } = source;
  return {
    length,
    received: () => source.received(),
    stream: () => source.batches(),
    async read(limit, reason) {
      if (length !== undefined && length > limit) throw tooLong(limit, reason);
      const pieces: Buffer[] = [];
      let total = 0;
      for await (const batch of inTime(source.batches(), readTimeout)) {
        for (const piece of batch) total += piece.byteLength;
        if (total > limit) throw tooLong(limit, reason);
        pieces.push(Buffer.concat(batch));
      }
      return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, total);
    },
  };
}

/**
 * The body of one of Node's messages.
 * @param invite tells a client that waits for `100 Continue` to go on; called when the first bytes are asked for
 * @param readTimeout milliseconds within which a body that is read whole must arrive
 */
export function bodyOf(
  message: IncomingMessage,
  invite: (() => void) | undefined,
  readTimeout = BODY_READ_TIMEOUT_MS,
): RequestBody {
  return requestBody(sourceOf(message, invite), readTimeout);
}

function sourceOf(message: IncomingMessage, invite: (() => void) | undefined): BodySource {
  const isStreamed = message.headers['transfer-encoding'] !== undefined;
  const declared = message.headers['content-length'];
  let received = 0;
  const onReceived = (bytes: number) => {
    received += bytes;
    noteReceived(bytes);
  };
  return {
    length: isStreamed ? undefined : Number(declared ?? 0),
    received: () => received,
    batches: () => batchesOf(message, invite, onReceived),
  };
}

function tooLong(limit: number, reason: 'manifest-too-large' | 'request-invalid'): RegistryError {
  return new RegistryError(reason, `The body is longer than the ${limit} bytes that are accepted.`);
}

/** Passes batches on until the time is over. The source may then still be waiting for its client. */
async function* inTime(source: AsyncGenerator<readonly Uint8Array[]>, milliseconds: number): ByteSource {
  const overdue = Promise.withResolvers<never>();
  overdue.promise.catch(() => undefined);
  const late = new RegistryError('request-timeout', `The body did not arrive within ${milliseconds / 1000} s.`);
  const timer = setTimeout(() => overdue.reject(late), milliseconds);
  try {
    for (;;) {
      const next = await Promise.race([source.next(), overdue.promise]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    source.return(undefined).catch(() => undefined);
  }
}

/**
 * Collects arriving pieces until a batch is full, and lets the next batch fill while the consumer works on one.
 * Memory is bounded by two batches and what the socket hands over in one go.
 */
async function* batchesOf(
  message: IncomingMessage,
  invite: (() => void) | undefined,
  onReceived: (bytes: number) => void,
): AsyncGenerator<readonly Uint8Array[]> {
  invite?.();
  let batch: Uint8Array[] = [];
  let pending = 0;
  let state: 'open' | 'ended' | 'broken' =
    message.complete && message.readableEnded ? 'ended' : message.destroyed ? 'broken' : 'open';
  let wake = () => {};
  const isFull = () => pending >= BODY_BATCH_BYTES || batch.length >= BODY_BATCH_PIECES;
  const onData = (piece: Uint8Array) => {
    batch.push(piece);
    pending += piece.byteLength;
    onReceived(piece.byteLength);
    if (!isFull()) return;
    message.pause();
    wake();
  };
  const onEnd = () => {
    state = 'ended';
    wake();
  };
  const onClose = () => {
    if (state === 'open') state = 'broken';
    wake();
  };
  message.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  try {
    for (;;) {
      if (!isFull() && state === 'open') await new Promise<void>((resolve) => void (wake = resolve));
      if (pending > 0) {
        const full = batch;
        batch = [];
        pending = 0;
        message.resume();
        yield full;
      } else if (state === 'ended') return;
      else if (state === 'broken')
        throw new RegistryError('upload-interrupted', 'The connection broke before the body was complete.');
    }
  } finally {
    message.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
  }
}
