/** Replies as values, and the one place that writes them to a socket. */
import type { MaybePromise } from '../core/maybe-promise.ts';
import type { HttpResponse } from './http-message.ts';
import { JOINED_BODY_MAX_BYTES } from './limits.ts';

/** Header names are lower case; a list sends the header more than once. */
export type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A body that is produced while it is sent. Its chunks are valid until the next one is asked for. */
interface StreamedBody {
  /** Exact length in bytes. */
  readonly length: number;
  chunks(): AsyncIterable<Uint8Array>;
  /** Called once the body is sent or given up, whether or not `chunks` was. */
  close(): Promise<void>;
}

/** What an endpoint answers. */
export interface Reply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body?: Uint8Array | string | StreamedBody;
  /** What was changed, for the log, where the path does not name it. */
  readonly subject?: string;
}

/** A reply with a compact JSON body, ended by a newline as Distribution does it. */
export function jsonReply(status: number, value: unknown, headers: ReplyHeaders = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: `${JSON.stringify(value)}\n` };
}

/**
 * Sends a reply.
 * @returns bytes of body sent; fewer than promised when the client went away
 */
export function sendReply(response: HttpResponse, reply: Reply, isHead: boolean): MaybePromise<number> {
  const { body } = reply;
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array))
    return sendStreamed(response, reply, body, isHead);
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  writeHead(response, reply, length);
  if (body === undefined || isHead) {
    response.end();
    return 0;
  }
  endWith(response, body, length);
  return length;
}

/**
 * Ends with a body. A text of one byte a character becomes one piece with the head, which takes one write and half the
 * time; what is long is cheaper to be written beside the head than to be copied.
 */
function endWith(response: HttpResponse, body: Uint8Array | string, length: number): void {
  if (typeof body === 'string') {
    if (length === body.length) response.end(body, 'latin1');
    else response.end(Buffer.from(body));
  } else if (length <= JOINED_BODY_MAX_BYTES) {
    response.end(Buffer.from(body.buffer, body.byteOffset, length).toString('latin1'), 'latin1');
  } else {
    response.end(body);
  }
}

async function sendStreamed(
  response: HttpResponse,
  reply: Reply,
  body: StreamedBody,
  isHead: boolean,
): Promise<number> {
  try {
    writeHead(response, reply, body.length);
    if (!isHead) return await sendChunks(response, body);
    response.end();
    return 0;
  } finally {
    await body.close();
  }
}

function writeHead(response: HttpResponse, reply: Reply, length: number): void {
  response.writeHead(reply.status, headFieldsOf(reply, length));
}

/** The header of a reply, names and values in turn. @param length bytes of body */
export function headFieldsOf(reply: Reply, length: number): string[] {
  const fields: string[] = ['docker-distribution-api-version', 'registry/2.0', 'x-content-type-options', 'nosniff'];
  for (const name in reply.headers) {
    const value = reply.headers[name];
    if (typeof value === 'string') fields.push(name, value);
    else for (const item of value ?? []) fields.push(name, item);
  }
  // 204 and 304 have no length of their own; a 304's would be taken for the representation's.
  if (reply.headers['content-length'] === undefined && reply.status !== 204 && reply.status !== 304) {
    fields.push('content-length', String(length));
  }
  return fields;
}

async function sendChunks(response: HttpResponse, body: StreamedBody): Promise<number> {
  let sent = 0;
  for await (const chunk of body.chunks()) {
    if (!(await writeChunk(response, chunk))) return sent;
    sent += chunk.byteLength;
  }
  response.end();
  return sent;
}

/** Resolves when the chunk's memory is free again: with false when the client is gone. */
function writeChunk(response: HttpResponse, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve(false);
    const onClose = () => resolve(false);
    response.once('close', onClose);
    response.write(chunk, (error) => {
      response.off('close', onClose);
      resolve(!error);
    });
  });
}
