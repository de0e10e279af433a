/** Single requests over connections that stay open: sent, answered, given up when nothing comes any more. */
import type { ClientRequest, IncomingMessage, Agent as PlainAgent } from 'node:http';
import type { Agent as TlsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { isName } from '../connection.ts';
import { silenceFailure } from '../connection-failure.ts';
import { http, https, tls } from '../node-modules.ts';
import type { Answer } from './answer.ts';
import { contentWrong } from './content-wrong.ts';
import { askDirectly } from './direct-answer.ts';
import { KeptConnections } from './kept-connections.ts';
import { giveBack } from './read-memory.ts';
import { isShortRequest } from './short-exchange.ts';
import { answersWithoutTls } from './tls-probe.ts';

/** One request. */
interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | number>>;
  /**
   * A stream needs a `content-length`, is destroyed when the request ends before it, and fails the request when it fails
   * or has another length.
   */
  readonly body?: Uint8Array | Readable;
  /** Bytes of the body that is hoped for. */
  readonly length?: number;
  /** Milliseconds without a byte once the body is sent; undefined: as the transport has it. */
  readonly silence?: number;
}

/** Whom to trust, and how to connect. */
export interface TransportOptions {
  readonly isVerified: boolean;
  /** PEM, for `home` only. */
  readonly authorities: readonly string[];
  /** For `home` only. */
  readonly clientCertificate: { readonly cert: string; readonly key: string } | undefined;
  /** The host that all this is about, as URLs have it; to others requests are only redirected. */
  readonly home: string;
  readonly connectTo: string | undefined;
  /** Milliseconds. */
  readonly silence: number;
}

/** Sends requests. */
export interface Transport extends Disposable {
  /** @throws what the socket fails with; DevregError REGISTRY_TIMEOUT; the signal's reason */
  send(request: WireRequest, signal: AbortSignal): Promise<Answer>;
  /** Whether `home` is known to have no TLS at this address; asked only where that is cheaper than to try TLS. */
  isPlain(url: URL, signal: AbortSignal): Promise<boolean>;
}

/** Connections of one client at the same time, for each host. */
const SOCKETS_MAX = 32;
/** Bodies that are worth a connection of their own. */
const LONG_MIN_BYTES = 1024 * 1024;
const AGENT = { keepAlive: true, maxSockets: SOCKETS_MAX, scheduling: 'lifo' } as const;

/** Opens a transport. */
export function openTransport(options: TransportOptions): Transport {
  const { isVerified, authorities, clientCertificate, home, connectTo } = options;
  const plain = new (http().Agent)(AGENT);
  const tlsAgent = (more: readonly string[], pair: TransportOptions['clientCertificate']) =>
    new (https().Agent)({
      ...AGENT,
      rejectUnauthorized: isVerified,
      secureContext: secureContextOf(isVerified, more, pair),
    });
  const agents = new Map<string, TlsAgent>();
  const agentFor = (url: URL) => {
    if (url.protocol === 'http:') return plain;
    const name = url.host === home ? 'home' : 'others';
    const agent =
      agents.get(name) ?? (name === 'home' ? tlsAgent(authorities, clientCertificate) : tlsAgent([], undefined));
    agents.set(name, agent);
    return agent;
  };
  const addressOf = (url: URL) => (url.host === home ? connectTo : undefined) ?? hostOf(url);
  const kept = new KeptConnections(SOCKETS_MAX);
  /** Where long answers are not to be had directly. */
  const indirect = new Set<string>();
  const sendDirectly = async (request: WireRequest, signal: AbortSignal) => {
    const { method, url, headers, length = 0, body, silence = options.silence } = request;
    if (url.protocol !== 'http:' || body !== undefined) return undefined;
    const direct = { url, headers, host: addressOf(url), port: portOf(url), silence };
    if (isShortRequest(method, request.length)) return kept.ask({ ...direct, method }, signal);
    if (length < LONG_MIN_BYTES || indirect.has(url.origin)) return undefined;
    const answer = await askDirectly(direct, signal);
    if (answer === undefined) indirect.add(url.origin);
    return answer;
  };
  return {
    send: async (request, signal) =>
      (await sendDirectly(request, signal)) ??
      send(request, agentFor(request.url), addressOf(request.url), options.silence, signal),
    // An authority of its own is there because the registry has TLS.
    isPlain: async (url, signal) =>
      authorities.length === 0 && answersWithoutTls(connectTo ?? hostOf(url), portOf(url), signal),
    [Symbol.dispose]() {
      kept[Symbol.dispose]();
      for (const agent of [plain, ...agents.values()]) agent.destroy();
    },
  };
}

/** Hundreds of authorities take some time to read: not for each registry, and not for nothing. */
let usual: SecureContext | undefined;

function secureContextOf(
  isVerified: boolean,
  authorities: readonly string[],
  pair: TransportOptions['clientCertificate'],
): SecureContext {
  const { createSecureContext, getCACertificates } = tls();
  if (!isVerified) return createSecureContext({ ca: [], ...pair });
  const create = () => {
    const ca = new Set([...getCACertificates('default'), ...getCACertificates('system'), ...authorities]);
    return createSecureContext({ ca: [...ca], ...pair });
  };
  return authorities.length > 0 || pair !== undefined ? create() : (usual ??= create());
}

function send(
  { method, url, headers, body, silence }: WireRequest,
  agent: PlainAgent | TlsAgent,
  address: string,
  usualSilence: number,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const host = hostOf(url);
  const options = {
    agent,
    method,
    host: address,
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
    signal,
    timeout: isStream(body) ? usualSilence : (silence ?? usualSilence),
    ...(url.protocol === 'https:' ? { servername: isName(host) ? host : '' } : {}),
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let answer: IncomingMessage | undefined;
  const request = url.protocol === 'https:' ? https().request(options) : http().request(options);
  request.once('response', (message: IncomingMessage) => {
    answer = message;
    resolve(message);
  });
  // Stays: what fails after the answer came fails the answer's stream too.
  request.on('error', (error) => reject(signal.aborted ? asError(signal.reason) : error));
  request.on('timeout', () => {
    // It is this side that is silent: who reads the answer, or who gives the body, has its own patience.
    if (answer?.isPaused() === true || isWaitingFor(body)) request.setTimeout(options.timeout);
    else (answer ?? request).destroy(silenceFailure(url));
  });
  if (isStream(body)) pump(body, request, Number(headers['content-length']), silence ?? usualSilence);
  else request.end(body);
  return promise;
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}

/** As `pipe` does, but for exactly the bytes that were announced: others would be taken for the next request. */
function pump(body: Readable, request: ClientRequest, length: number, silence: number): void {
  let sent = 0;
  const refuse = (how: string) => body.destroy(contentWrong(`What is sent to ${request.host}`, how));
  body.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > length) refuse(`has more than its ${length} bytes`);
    else if (!request.write(chunk, (error) => void (error ?? giveBack(chunk)))) body.pause();
  });
  body.once('end', () => {
    if (sent !== length) refuse(`has ${sent} bytes in place of ${length}`);
    else request.end().setTimeout(silence);
  });
  body.on('error', (error) => request.destroy(error));
  body.once('close', () => body.readableEnded || request.destroy());
  request.on('drain', () => body.resume());
  request.once('close', () => body.destroy());
}

function isStream(body: WireRequest['body']): body is Readable {
  return body !== undefined && !(body instanceof Uint8Array);
}

function isWaitingFor(body: WireRequest['body']): boolean {
  return isStream(body) && !body.readableEnded && body.readableLength === 0;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}
