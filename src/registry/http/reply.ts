/** Replies as values, and the one place that writes them to a socket. */
import type { ServerResponse } from 'node:http';

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
export async function sendReply(response: ServerResponse, reply: Reply, isHead: boolean): Promise<number> {
  const { body } = reply;
  if (body === undefined) return sendWhole(response, reply, undefined, isHead);
  if (typeof body === 'string') return sendWhole(response, reply, Buffer.from(body), isHead);
  if (body instanceof Uint8Array) return sendWhole(response, reply, body, isHead);
  try {
    writeHead(response, reply, body.length);
    if (!isHead) return await sendChunks(response, body);
    response.end();
    return 0;
  } finally {
    await body.close();
  }
}

function sendWhole(response: ServerResponse, reply: Reply, body: Uint8Array | undefined, isHead: boolean): number {
  writeHead(response, reply, body?.byteLength ?? 0);
  if (body === undefined || isHead) {
    response.end();
    return 0;
  }
  response.end(body);
  return body.byteLength;
}

function writeHead(response: ServerResponse, reply: Reply, length: number): void {
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

async function sendChunks(response: ServerResponse, body: StreamedBody): Promise<number> {
  let sent = 0;
  for await (const chunk of body.chunks()) {
    if (!(await writeChunk(response, chunk))) return sent;
    sent += chunk.byteLength;
  }
  response.end();
  return sent;
}

/** Resolves when the chunk's memory is free again: with false when the client is gone. */
function writeChunk(response: ServerResponse, chunk: Uint8Array): Promise<boolean> {
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
