/** One request to a registry at this machine's own door, with its answer: small, never redirected. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Door } from '../cluster/door-check.ts';

/** What is asked. */
export interface RegistryRequest {
  readonly method: string;
  /** With its query, encoded. */
  readonly path: string;
  readonly body?: { readonly type: string; readonly bytes: Buffer };
  /** Of manifests. */
  readonly accept?: string;
  /** Who asks; undefined: anybody. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

/** What came back. */
export interface RegistryAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const LOOPBACK = '127.0.0.1';

/** Everything that is asked for here is smaller. */
const BODY_MAX_BYTES = 1024 * 1024;

/**
 * Asks.
 * @throws the system's error; the signal's reason when it aborts
 */
export async function requestRegistry(
  door: Door,
  request: RegistryRequest,
  signal: AbortSignal,
): Promise<RegistryAnswer> {
  const message = await send(door, request, signal);
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    total += piece.length;
    if (total > BODY_MAX_BYTES) throw new Error('the answer is too long');
    pieces.push(piece);
  }
  return { status: message.statusCode ?? 0, headers: message.headers, body: Buffer.concat(pieces) };
}

function send(
  { host, port, authority, address = LOOPBACK }: Door,
  { method, path, body, accept, login }: RegistryRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const options = {
    host: address,
    port,
    method,
    path,
    agent: false,
    signal,
    ...(login !== undefined && { auth: `${login.user}:${login.password}` }),
    headers: {
      host: `${host}:${port}`,
      ...(accept !== undefined && { accept }),
      ...(body !== undefined && { 'content-type': body.type, 'content-length': body.bytes.length }),
    },
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request =
    authority === undefined ? requestPlain(options) : requestTls({ ...options, ca: authority, servername: host });
  request.once('error', reject);
  request.once('response', resolve);
  request.end(body?.bytes);
  return promise;
}
