/** The body of a request as a source of large batches, without streams in between. */
import type { IncomingMessage } from 'node:http';
import type { ByteSource } from '../core/ports.ts';
import { RegistryError } from '../core/registry-error.ts';
import { BODY_BATCH_BYTES, BODY_BATCH_PIECES, BODY_READ_TIMEOUT_MS } from './limits.ts';
import { noteReceived } from './reclaim.ts';
import type { RequestBody } from './request.ts';

/**
 * The body of an incoming message.
 * @param invite tells a client that waits for `100 Continue` to go on; called when the first bytes are asked for
 * @param readTimeout milliseconds within which a body that is read whole must arrive
 */
export function bodyOf(
  message: IncomingMessage,
  invite: (() => void) | undefined,
  readTimeout = BODY_READ_TIMEOUT_MS,
): RequestBody {
  const isStreamed = message.headers['transfer-encoding'] !== undefined;
  const declared = message.headers['content-length'];
  const length = isStreamed ? undefined : Number(declared ?? 0);
  let received = 0;
  const onReceived = (bytes: number) => {
    received += bytes;
    noteReceived(bytes);
  };
  return {
    length,
    received: () => received,
    stream: () => batchesOf(message, invite, onReceived),
    async read(limit, reason) {
      if (length !== undefined && length > limit) throw tooLong(limit, reason);
      const pieces: Uint8Array[] = [];
      let total = 0;
      for await (const batch of inTime(batchesOf(message, invite, onReceived), readTimeout)) {
        for (const piece of batch) total += piece.byteLength;
        if (total > limit) throw tooLong(limit, reason);
        pieces.push(...(batch.length === 1 ? batch : [Buffer.concat(batch)]));
      }
      return pieces.length === 1 && pieces[0] instanceof Buffer ? pieces[0] : Buffer.concat(pieces, total);
    },
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
