/** What goes wrong with uploads: broken connections, lost answers, two requests at once, wrong bytes, wrong digests. */
import { type Digest, algorithmOf, toDigest } from '../../../src/oci/digest.ts';
import { appendChunk, appendTooFew, askUpload, cancelUpload, finishUpload } from '../calls/upload-calls.ts';
import type { Client } from '../client/client.ts';
import { forget } from '../client/client.ts';
import { learnOffset, type Upload } from '../client/upload.ts';
import { append, appendUpTo, conclude, learn, settle } from './uploading.ts';

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
    const answer = await held.answer;
    if (answer.status !== 400) throw new Error(`A chunk of ${upload.session} that was taken over was answered ${answer.status}.`);
  } finally {
    held.hangUp();
  }
}

async function beginChunk(client: Client, upload: Upload): ReturnType<typeof client.http.begin> | Promise<undefined>;
async function beginChunk(client: Client, upload: Upload): Promise<Awaited<ReturnType<Client['http']['begin']>> | undefined> {
  await settle(client, upload);
  const left = upload.content.bytes.length - upload.low;
  if (left < 2) return undefined;
  const start = upload.low;
  const part = upload.content.bytes.subarray(start, start + 1 + client.random.below(left - 1));
  Object.assign(upload, { high: start + part.length, isContended: true });
  client.note(`begin a chunk of ${upload.session} at ${start} with ${part.length} of ${left} bytes`);
  const headers = client.random.chance(0.5) ? { 'content-range': `${start}-${start + left - 1}` } : {};
  return client.http.begin({ method: 'PATCH', path: upload.location, headers }, part, left);
}

/** The answer to the last request is lost, and the client asks again. */
export async function finishAgain(client: Client, upload: Upload): Promise<void> {
  await appendUpTo(client, upload, upload.content.bytes.length);
  const isLost = client.random.chance(0.5);
  Object.assign(upload, { low: 0 });
  const call = (): ReturnType<typeof finishUpload> => finishUpload(upload, undefined);
  const first = isLost ? client.performAndHangUp(call()) : client.perform(call());
  await Promise.all([first, client.perform(call())]);
  forget(client, upload);
}

/** A client that cancels while another of its requests finishes the upload. */
export async function finishAndCancel(client: Client, upload: Upload): Promise<void> {
  await appendUpTo(client, upload, upload.content.bytes.length);
  Object.assign(upload, { low: 0 });
  await Promise.all([client.perform(finishUpload(upload, undefined)), client.perform(cancelUpload(upload))]);
  forget(client, upload);
}

/** A chunk that does not begin where the last one ended changes nothing. */
export async function appendOutOfOrder(client: Client, upload: Upload): Promise<void> {
  await settle(client, upload);
  const size = upload.content.bytes.length;
  const start = client.random.below(size + 2);
  if (start === upload.low || size === 0) return;
  await client.perform(appendChunk(upload, { start, end: start + 1, isNamed: true, isStreamed: client.random.chance(0.3) }));
}

/** A chunk that is shorter than it says. */
export async function appendShort(client: Client, upload: Upload): Promise<void> {
  await settle(client, upload);
  const start = upload.low;
  const left = upload.content.bytes.length - start;
  if (left === 0) return;
  const chunk = { start, end: start + 1 + client.random.below(left), isNamed: true, isStreamed: client.random.chance(0.5) };
  if (chunk.isStreamed) upload.high = chunk.end;
  await client.perform(appendTooFew(upload, chunk));
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

export { append, askUpload, learn, learnOffset };
