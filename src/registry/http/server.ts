/** The listening server: plain HTTP and TLS on one port, told apart by the first byte. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions, Server as TlsServer } from 'node:tls';
import type { Exchange } from './exchange.ts';
import {
  FIRST_BYTE_TIMEOUT_MS,
  HEADERS_MAX_BYTES,
  HEADERS_TIMEOUT_MS,
  IDLE_SWEEP_MS,
  IDLE_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
} from './limits.ts';
import { createServer } from './node-http.ts';
import { followExchanges } from './open-exchanges.ts';
import { refuseUnparsed } from './unparsed-request.ts';

/** Certificate and key in PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** A server that listens. */
export interface ListeningServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Uses another certificate for connections from now on. @throws when the pair does not fit together */
  replaceTls(pair: TlsPair): void;
}

/** The first byte of a TLS connection: a handshake record. No HTTP method begins with it. */
const TLS_HANDSHAKE = 0x16;

/** Where and how to listen. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined: plain HTTP only. */
  readonly tls: TlsPair | undefined;
  /** Milliseconds that open requests get at the end, before their connections are cut. */
  readonly grace: () => number;
  /** Connections beyond `max` are closed at once; undefined: as many as the system lets. */
  readonly connections?: { readonly max: number; readonly onRefused: () => void } | undefined;
  /** Milliseconds within which the head of a request must arrive. */
  readonly headersTimeout?: number;
}

/**
 * Listens.
 * @throws the system's error (EADDRINUSE, EACCES …) when the address cannot be had
 */
export async function listen(exchange: Exchange, options: ListenOptions): Promise<ListeningServer> {
  const exchanges = followExchanges(exchange);
  const server = createHttpServer(exchanges.exchange, options.headersTimeout ?? HEADERS_TIMEOUT_MS);
  const tls = options.tls === undefined ? undefined : addTls(server, options.tls);
  if (options.connections !== undefined) limitConnections(server, options.connections);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    replaceTls: (pair) => tls?.setSecureContext(contextOf(pair)),
    async [Symbol.asyncDispose]() {
      await close(server, sockets, options.grace());
      await exchanges.settle();
    },
  };
}

function createHttpServer(exchange: Exchange, headersTimeout: number): Server {
  const server = createServer({
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout,
    // Node looks for heads that are late in intervals of its own.
    connectionsCheckingInterval: headersTimeout / 4,
    // Large pushes over slow lines take hours; idle connections are found by IDLE_TIMEOUT_MS instead.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    noDelay: true,
    // A request without Host is refused like any other that is wrong.
    requireHostHeader: false,
  });
  server.timeout = IDLE_TIMEOUT_MS;
  const answering = new WeakMap<Duplex, ServerResponse>();
  const handle = (message: IncomingMessage, response: ServerResponse, invite?: () => void) => {
    answering.set(message.socket, response);
    void exchange(message, response, invite);
  };
  server.on('request', handle);
  server.on('checkContinue', (message, response) => handle(message, response, () => response.writeContinue()));
  // Expectations other than to be invited may be ignored.
  server.on('checkExpectation', handle);
  server.on('clientError', (error, socket) => {
    if (owesAnswer(answering.get(socket))) socket.destroy();
    else refuseUnparsed(error, socket);
  });
  return server;
}

function limitConnections(server: Server, { max, onRefused }: NonNullable<ListenOptions['connections']>): void {
  server.maxConnections = max;
  server.on('drop', onRefused);
}

/** Whether a refusal would be taken for the answer to a request before, or stand in the middle of it. */
function owesAnswer(response: ServerResponse | undefined): boolean {
  return response !== undefined && !response.writableFinished && (response.headersSent || response.req.complete);
}

/** Puts a look at the first byte before the HTTP server's own handling of connections. */
function addTls(server: Server, pair: TlsPair): TlsServer {
  const [serveHttp] = server.listeners('connection') as [(this: Server, socket: Socket) => void];
  // Loaded where it is asked for alone: it takes longer than all of the server.
  const tls = process.getBuiltinModule('node:tls').createServer({
    ...contextOf(pair),
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: FIRST_BYTE_TIMEOUT_MS,
  });
  tls.on('secureConnection', (socket) => serveHttp.call(server, socket));
  // A client that does not trust the certificate, or hangs up, is its own affair.
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    peekFirstByte(socket, (byte) => {
      if (byte !== TLS_HANDSHAKE) {
        serveHttp.call(server, socket);
        return;
      }
      // As in Node's own TLS servers; else a client that hangs up amid the handshake leaves a socket behind.
      socket.allowHalfOpen = false;
      tls.emit('connection', socket);
    });
  });
  return tls;
}

function peekFirstByte(socket: Socket, decide: (byte: number) => void): void {
  const drop = () => socket.destroy();
  const timer = setTimeout(drop, FIRST_BYTE_TIMEOUT_MS);
  const onClose = () => clearTimeout(timer);
  socket.on('error', drop).once('close', onClose);
  socket.once('readable', () => {
    clearTimeout(timer);
    const first: Buffer | null = socket.read();
    if (first === null) {
      drop();
      return;
    }
    socket.off('error', drop).off('close', onClose);
    socket.unshift(first);
    decide(first[0] ?? 0);
  });
}

function contextOf(pair: TlsPair): SecureContextOptions {
  return { cert: pair.cert, key: pair.key, minVersion: 'TLSv1.2' };
}

async function close(server: Server, sockets: ReadonlySet<Socket>, grace: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Connections become idle one by one as their requests end; Node has no event for that.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  // All of them: the HTTP server does not know those that are still silent or amid a handshake.
  const cut = setTimeout(() => sockets.forEach((socket) => socket.destroy()), grace);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
