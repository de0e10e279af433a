/** The listening server: plain HTTP and TLS on one port, told apart by the first byte. */
import { type Server, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type SecureContextOptions, type Server as TlsServer, createServer as createTlsServer } from 'node:tls';
import type { Exchange } from './exchange.ts';
import {
  FIRST_BYTE_TIMEOUT_MS,
  HEADERS_MAX_BYTES,
  HEADERS_TIMEOUT_MS,
  IDLE_SWEEP_MS,
  IDLE_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
} from './limits.ts';

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

/**
 * Listens. Without a TLS pair, plain HTTP only.
 * @param grace milliseconds that open requests get at the end, before their connections are cut
 * @throws the system's error (EADDRINUSE, EACCES …) when the address cannot be had
 */
export async function listen(
  exchange: Exchange,
  options: { readonly host: string; readonly port: number; readonly tls: TlsPair | undefined; readonly grace: number },
): Promise<ListeningServer> {
  const server = createHttpServer(exchange);
  const tls = options.tls === undefined ? undefined : addTls(server, options.tls);
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
    [Symbol.asyncDispose]: () => close(server, options.grace),
  };
}

function createHttpServer(exchange: Exchange): Server {
  const server = createServer({
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    // Large pushes over slow lines take hours; idle connections are found by IDLE_TIMEOUT_MS instead.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    noDelay: true,
  });
  server.timeout = IDLE_TIMEOUT_MS;
  server.on('request', (message, response) => void exchange(message, response));
  server.on('checkContinue', (message, response) => void exchange(message, response, () => response.writeContinue()));
  server.on('checkExpectation', (_message, response) => response.writeHead(417, { connection: 'close' }).end());
  return server;
}

/** Puts a look at the first byte before the HTTP server's own handling of connections. */
function addTls(server: Server, pair: TlsPair): TlsServer {
  const [serveHttp] = server.listeners('connection') as [(this: Server, socket: Socket) => void];
  const tls = createTlsServer({ ...contextOf(pair), ALPNProtocols: ['http/1.1'] });
  tls.on('secureConnection', (socket) => serveHttp.call(server, socket));
  // A client that does not trust the certificate, or hangs up, is its own affair.
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    peekFirstByte(socket, (byte) => {
      if (byte === TLS_HANDSHAKE) tls.emit('connection', socket);
      else serveHttp.call(server, socket);
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

async function close(server: Server, grace: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Connections become idle one by one as their requests end; Node has no event for that.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  const cut = setTimeout(() => server.closeAllConnections(), grace);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
