/** Ways to bring an upload forward and to its end. */
import type { Call } from '../calls/call.ts';
import { appendChunk, askUpload, cancelUpload, finishUpload } from '../calls/upload-calls.ts';
import { type Client, RefusedError, forget } from '../client/client.ts';
import { type Upload, learnOffset, noteEnding } from '../client/upload.ts';

/**
 * Finds out how many bytes the server has. An earlier request may have appended more since the server told; then it
 * refuses the next chunk, and by then that request is over. The same tells whether a single byte is there.
 */
export async function settle(client: Client, upload: Upload): Promise<void> {
  if (!isSettled(upload)) await ask(client, upload);
  while (!isSettled(upload)) {
    const start = upload.low;
    const end = Math.min(start + 1, upload.content.bytes.length);
    const call = appendChunk(upload, { start, end, isNamed: end > start, isStreamed: false });
    upload.high = Math.max(upload.high, end);
    const { text } = await client.perform(call);
    upload.isContended = false;
    if (text.startsWith('202')) {
      Object.assign(upload, { low: end, high: end });
    } else {
      upload.low = start + 1;
      await ask(client, upload);
    }
  }
}

function isSettled({ low, high, mayBeEmpty, isContended }: Upload): boolean {
  return low === high && !mayBeEmpty && !isContended;
}

/** Of two requests to end an upload, one may have done so although the other was refused. */
async function ask(client: Client, upload: Upload): Promise<void> {
  const { text, answer } = await client.perform(askUpload(upload));
  if (text !== '204') {
    forget(client, upload);
    throw new RefusedError(`${upload.session} is over`);
  }
  learnOffset(upload, answer.headers.range);
}

/** Appends pieces until an end is reached. */
export async function appendUpTo(client: Client, upload: Upload, end: number): Promise<void> {
  await settle(client, upload);
  while (upload.low < end) {
    const left = end - upload.low;
    await append(client, upload, upload.low + (client.random.chance(0.5) ? left : 1 + client.random.below(left)));
  }
}

async function append(client: Client, upload: Upload, end: number): Promise<void> {
  const chunk = { start: upload.low, end, isNamed: client.random.chance(0.5), isStreamed: client.random.chance(0.3) };
  const call = appendChunk(upload, chunk);
  upload.high = end;
  await client.perform(call);
  upload.low = end;
}

/** Finishes an upload with what is left of its bytes. */
export async function finish(client: Client, upload: Upload): Promise<void> {
  await settle(client, upload);
  const start = upload.low;
  const end = upload.content.bytes.length;
  const chunk = { start, end, isNamed: client.random.chance(0.3), isStreamed: client.random.chance(0.3) };
  await conclude(client, upload, finishUpload(upload, start === end ? undefined : chunk));
}

/** Gives an upload up. */
export async function cancel(client: Client, upload: Upload): Promise<void> {
  await conclude(client, upload, cancelUpload(upload));
}

/** Performs a call that ends an upload. */
export async function conclude(client: Client, upload: Upload, call: Call): Promise<void> {
  noteEnding(upload);
  await client.perform(call);
  forget(client, upload);
}
