/** Ways to bring an upload forward and to its end. */
import { askUpload, appendChunk, finishUpload } from '../calls/upload-calls.ts';
import { type Client, forget } from '../client/client.ts';
import { learnOffset, type Upload } from '../client/upload.ts';

/** Makes sure that the client knows how many bytes the server has. */
export async function learn(client: Client, upload: Upload): Promise<void> {
  if (upload.low === upload.high && !upload.isContended) return;
  const { answer } = await client.perform(askUpload(upload));
  learnOffset(upload, answer.headers.range);
}

/** Appends bytes up to an end, once it is sure where. */
export async function append(client: Client, upload: Upload, end: number, style: { readonly isNamed: boolean; readonly isStreamed: boolean }): Promise<void> {
  await settle(client, upload);
  const before = upload.low;
  upload.high = end;
  await client.perform(appendChunk({ ...upload, high: before }, { ...style, start: before, end }));
  upload.low = end;
}

/**
 * Asks, and goes on where the server says; when an earlier request has appended more since, the server refuses, and by
 * then that request is over. The same tells whether a single byte is there, which the answer to asking does not.
 */
export async function settle(client: Client, upload: Upload): Promise<void> {
  await learn(client, upload);
  while (upload.isContended || upload.low !== upload.high) {
    const start = upload.low;
    const end = Math.min(start + 1, upload.content.bytes.length);
    const { text } = await client.perform(appendChunk(upload, { start, end, isNamed: end > start, isStreamed: false }));
    upload.isContended = false;
    if (text.startsWith('202')) Object.assign(upload, { low: end, high: end });
    else await learnAfterRefusal(client, upload, start);
  }
}

async function learnAfterRefusal(client: Client, upload: Upload, refused: number): Promise<void> {
  upload.low = refused + 1;
  const { answer } = await client.perform(askUpload(upload));
  learnOffset(upload, answer.headers.range);
}

/** Appends pieces until an end is reached. */
export async function appendUpTo(client: Client, upload: Upload, end: number): Promise<void> {
  await settle(client, upload);
  while (upload.low < end) {
    const left = end - upload.low;
    const length = client.random.chance(0.5) ? left : Math.min(left, 1 + client.random.below(left));
    await append(client, upload, upload.low + length, { isNamed: client.random.chance(0.5), isStreamed: client.random.chance(0.3) });
  }
}

/** Finishes an upload, with what is left of its bytes. */
export async function finish(client: Client, upload: Upload): Promise<void> {
  await settle(client, upload);
  const start = upload.low;
  const end = upload.content.bytes.length;
  const chunk = { start, end, isNamed: client.random.chance(0.3), isStreamed: client.random.chance(0.3) };
  await conclude(client, upload, finishUpload(upload, start === end ? undefined : chunk));
}

/** Performs a call that ends an upload. Should no answer come, the bytes may be gone although the upload is not. */
export async function conclude(client: Client, upload: Upload, call: Parameters<Client['perform']>[0]): Promise<string> {
  Object.assign(upload, { low: 0, high: upload.content.bytes.length });
  const { text } = await client.perform(call);
  forget(client, upload);
  return text;
}
