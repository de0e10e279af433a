/** What goes wrong with uploads: broken connections, lost answers, two requests at once, wrong bytes, wrong digests. */
import { type Digest, algorithmOf, toDigest } from '../../../src/oci/digest.ts';
import type { Call } from '../calls/call.ts';
import { appendChunk, appendTooFew, cancelUpload, finishPerhapsEmpty, finishUpload } from '../calls/upload-calls.ts';
import { type Client, forget } from '../client/client.ts';
import type { UnfinishedRequest } from '../client/http-client.ts';
import { type Upload, noteEnding } from '../client/upload.ts';
import { together } from './together.ts';
import { appendUpTo, conclude, settle } from './uploading.ts';

/** The connection breaks in the middle of a chunk. */
export async function breakConnection(client: Client, upload: Upload): Promise<void> {
  const held = await beginChunk(client, upload);
  held?.hangUp();
}

/** The client gives a chunk up for dead and goes on over another connection, while the first is still open. */
export async function takeOver(client: Client, upload: Upload): Promise<void> {
  const held = await beginChunk(client, upload);
  if (held === undefined) return;
  try {
    await settle(client, upload);
    const { status } = await held.answer;
    // 416: the server only came to see the first chunk when the second was there.
    if (status !== 400 && status !== 416 && !(client.mayBeRefused && status === 507))
      throw new Error(`A chunk of ${upload.session} that was taken over was answered ${status}.`);
  } finally {
    held.hangUp();
  }
}

/** The chunk says which bytes it has: should it come late, it is refused. */
async function beginChunk(client: Client, upload: Upload): Promise<UnfinishedRequest | undefined> {
  await settle(client, upload);
  const { content, location, session, low: start } = upload;
  const left = content.bytes.length - start;
  if (left < 2) return undefined;
  const part = content.bytes.subarray(start, start + 1 + client.random.below(left - 1));
  Object.assign(upload, { high: start + part.length, isContended: true });
  client.note(`begin a chunk of ${session} at ${start} with ${part.length} of ${left} bytes`);
  const headers = { 'content-range': `${start}-${start + left - 1}` };
  return client.http.begin({ method: 'PATCH', path: location, headers }, part, left);
}

/** The answer to the last request is lost or late, and the client asks again. */
export async function finishAgain(client: Client, upload: Upload): Promise<void> {
  await appendUpTo(client, upload, upload.content.bytes.length);
  noteEnding(upload);
  const isLost = client.random.chance(0.5);
  const [first, second] = [finishAll(client, upload), finishAll(client, upload)];
  await together(isLost ? client.performAndHangUp(first) : client.perform(first), client.perform(second));
  // The upload is over, so the first can do nothing any more.
  if (isLost) client.abandon(first);
  forget(client, upload);
}

/** A client that cancels while another of its requests finishes the upload. */
export async function finishAndCancel(client: Client, upload: Upload): Promise<void> {
  await appendUpTo(client, upload, upload.content.bytes.length);
  noteEnding(upload);
  const calls = [finishAll(client, upload), cancelUpload(upload)];
  if (client.random.chance(0.5)) calls.reverse();
  await together(...calls.map((call) => client.perform(call)));
  forget(client, upload);
}

function finishAll(client: Client, upload: Upload): Call {
  return client.mayBeRefused ? finishPerhapsEmpty(upload) : finishUpload(upload, undefined);
}

/** A chunk that does not begin where the last one ended changes nothing. */
export async function appendOutOfOrder(client: Client, upload: Upload): Promise<void> {
  await settle(client, upload);
  const size = upload.content.bytes.length;
  const start = client.random.below(size + 2);
  if (start === upload.low || start >= size) return;
  await client.perform(
    appendChunk(upload, { start, end: start + 1, isNamed: true, isStreamed: client.random.chance(0.3) }),
  );
}

/** A chunk that is shorter than it says; when it is streamed, its bytes have arrived before that is known. */
export async function appendShort(client: Client, upload: Upload): Promise<void> {
  await settle(client, upload);
  const start = upload.low;
  const left = upload.content.bytes.length - start;
  if (left === 0) return;
  const chunk = {
    start,
    end: start + 1 + client.random.below(left),
    isNamed: true,
    isStreamed: client.random.chance(0.5),
  };
  const call = appendTooFew(upload, chunk);
  if (chunk.isStreamed) upload.high = chunk.end;
  await client.perform(call);
}

/** The wrong digest ends an upload without a blob. */
export async function finishWrong(client: Client, upload: Upload): Promise<void> {
  await settle(client, upload);
  await conclude(client, upload, finishUpload(upload, undefined, wrongDigest(upload)));
}

function wrongDigest({ digest }: Upload): Digest {
  const algorithm = algorithmOf(digest);
  return toDigest(algorithm, 'ab'.repeat(algorithm === 'sha256' ? 32 : 64));
}
