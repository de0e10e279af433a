/** Requests to a registry over its own TLS, with credentials: one at a time, never redirected, answers of bounded size. */
import type { IncomingMessage } from 'node:http';
import { connectionFailure, silenceFailure } from './connection-failure.ts';
import { http, https, tls } from './node-modules.ts';

/** A registry and who asks. */
export interface Connection {
  /** Scheme, host and port. */
  readonly address: URL;
  /** Where to connect to instead of where the host's name leads; undefined: there. */
  readonly connectTo: string | undefined;
  /** The certificate of an authority that is trusted beside those of the system, PEM. */
  readonly authority: string | undefined;
  readonly user: string;
  readonly password: string;
}

/** A question. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With the query, encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  /** The JSON in the body; undefined when there is none. */
  readonly body: unknown;
  /** Seconds to wait; undefined when the registry does not say. */
  readonly retryAfter: number | undefined;
}

/** A registry that is silent for longer does not work. */
const SILENCE_MS = 20_000;

/** Lists of thousands of users and tokens fit. */
const BODY_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Asks.
 * @throws DevregError REGISTRY_UNREACHABLE, REGISTRY_UNTRUSTED, REGISTRY_TIMEOUT; the signal's reason when it aborts
 */
export async function ask(connection: Connection, question: Question, signal: AbortSignal): Promise<Answer> {
  try {
    const message = await send(connection, question, signal);
    const bytes = await readBody(message);
    const retryAfter = Number(message.headers['retry-after']);
    return {
      status: message.statusCode ?? 0,
      body: parseJson(bytes),
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw connectionFailure(error, connection.address);
  }
}

function send(
  { address, connectTo, authority, user, password }: Connection,
  { method, path, body }: Question,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const host = address.hostname.replace(/^\[(.*)\]$/, '$1');
  const options = {
    host: connectTo ?? host,
    port: address.port || (address.protocol === 'https:' ? 443 : 80),
    method,
    path,
    agent: false,
    signal,
    timeout: SILENCE_MS,
    auth: `${user}:${password}`,
    headers: {
      host: address.host,
      accept: 'application/json',
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    },
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request =
    address.protocol === 'http:'
      ? http().request(options)
      : https().request({ ...options, servername: isName(host) ? host : '', ca: authoritiesWith(authority) });
  request.once('error', reject);
  request.once('response', resolve);
  request.once('timeout', () => request.destroy(silenceFailure(address)));
  request.end(text);
  return promise;
}

/** What is trusted by default is no longer so once something is named. */
function authoritiesWith(authority: string | undefined): string[] {
  return [...tls().getCACertificates('default'), ...(authority === undefined ? [] : [authority])];
}

/** TLS names hosts by name, never by address. */
export function isName(host: string): boolean {
  return !/^[\d.]+$|:/.test(host);
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    total += piece.length;
    if (total > BODY_MAX_BYTES) throw Object.assign(new Error('the answer is too long'), { code: 'EMSGSIZE' });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
