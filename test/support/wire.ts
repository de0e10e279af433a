/** Requests over node:http, which sends paths and headers as they are given. */
import { once } from 'node:events';
import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as open,
} from 'node:http';

/** A request. A body that is given whole is sent with its length, one that is produced is sent chunked. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** A reply, read to its end. */
export interface WireReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  /** Whether `100 Continue` came before. */
  readonly wasInvited: boolean;
}

/** Sends a request to a port of this machine; a body that waits for `100 Continue` is sent only when invited. */
export async function sendRequest(port: number, wire: WireRequest, agent?: Agent): Promise<WireReply> {
  const { method, path, headers = {}, body } = wire;
  const isWhole = typeof body === 'string' || body instanceof Uint8Array;
  const length = isWhole ? { 'content-length': String(Buffer.byteLength(body)) } : {};
  const client = open({
    host: '127.0.0.1',
    port,
    method,
    path,
    headers: { ...length, ...headers } as Record<string, string>,
    ...(agent === undefined ? {} : { agent }),
  });
  let wasInvited = false;
  let isAnswered = false;
  const sendBody = () => {
    if (body === undefined || isWhole) client.end(body);
    else void writeAll(client, body, () => isAnswered);
  };
  const answered = once(client, 'response') as Promise<[IncomingMessage]>;
  if (headers['expect'] !== '100-continue') sendBody();
  else {
    client.flushHeaders();
    client.once('continue', () => {
      wasInvited = true;
      sendBody();
    });
  }
  const [message] = await answered;
  isAnswered = true;
  // What goes wrong with the rest of a body that the server did not want is not the test's affair.
  client.on('error', () => {});
  const reply = await readReply(message, wasInvited);
  if (!client.writableEnded) client.destroy();
  return reply;
}

/** Stops when the reply is there: the server has seen enough. */
async function writeAll(
  client: ClientRequest,
  pieces: AsyncIterable<Uint8Array>,
  isAnswered: () => boolean,
): Promise<void> {
  try {
    for await (const piece of pieces) {
      if (client.destroyed || isAnswered()) return;
      if (!client.write(piece)) await drained(client);
    }
    client.end();
  } catch (error) {
    client.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

async function drained(client: ClientRequest): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const events = ['drain', 'close', 'response'].map((event) => once(client, event, { signal }));
  await Promise.race(events);
  over.abort();
  await Promise.allSettled(events);
}

async function readReply(message: IncomingMessage, wasInvited: boolean): Promise<WireReply> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  const { statusCode: status = 0, headers, rawHeaders } = message;
  return { status, headers, rawHeaders, body, text: body.toString(), wasInvited };
}

/** The values of a header, each as it came. */
export function valuesOf({ rawHeaders }: Pick<WireReply, 'rawHeaders'>, name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}
