/** The body of a request as a source of large batches, without streams in between. */
import type { IncomingMessage } from 'node:http';
import type { ByteSource } from '../core/ports.ts';
import { RegistryError } from '../core/registry-error.ts';
import { BODY_BATCH_BYTES } from './limits.ts';
import { noteReceived } from './reclaim.ts';
import type { RequestBody } from './request.ts';

/**
 * The body of an incoming message.
 * @param invite tells a client that waits for `100 Continue` to go on; called when the first bytes are asked for
 */
export function bodyOf(message: IncomingMessage, invite: (() => void) | undefined): RequestBody {
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
      for await (const batch of batchesOf(message, invite, onReceived)) {
        for (const piece of batch) total += piece.byteLength;
        if (total > limit) throw tooLong(limit, reason);
        pieces.push(...batch);
      }
      return pieces.length === 1 && pieces[0] instanceof Buffer ? pieces[0] : Buffer.concat(pieces, total);
    },
  };
}

function tooLong(limit: number, reason: 'manifest-too-large' | 'request-invalid'): RegistryError {
  return new RegistryError(reason, `The body is longer than the ${limit} bytes that are accepted.`);
}

/**
 * Collects arriving pieces until a batch is full, and lets the next batch fill while the consumer works on one.
 * Memory is bounded by two batches and what the socket hands over in one go.
 */
async function* batchesOf(
  message: IncomingMessage,
  invite: (() => void) | undefined,
  onReceived: (bytes: number) => void,
): ByteSource {
  invite?.();
  let batch: Uint8Array[] = [];
  let pending = 0;
  let state: 'open' | 'ended' | 'broken' =
    message.complete && message.readableEnded ? 'ended' : message.destroyed ? 'broken' : 'open';
  let wake = () => {};
  const onData = (piece: Uint8Array) => {
    batch.push(piece);
    pending += piece.byteLength;
    onReceived(piece.byteLength);
    if (pending < BODY_BATCH_BYTES) return;
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
      if (pending < BODY_BATCH_BYTES && state === 'open') await new Promise<void>((resolve) => void (wake = resolve));
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
