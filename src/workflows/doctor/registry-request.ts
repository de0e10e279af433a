/** One request to a registry at this machine's own door, with its answer: small, never redirected. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Door, openRequest } from '../door.ts';

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
  door: Door,
  { method, path, body, accept, login }: RegistryRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = openRequest(door, {
    method,
    path,
    signal,
    login,
    headers: {
      ...(accept !== undefined && { accept }),
      ...(body !== undefined && { 'content-type': body.type, 'content-length': body.bytes.length }),
    },
  });
  request.once('error', reject);
  request.once('response', resolve);
  request.end(body?.bytes);
  return promise;
}
