/** TLS for connections that ask for it. */
import type { Socket } from 'node:net';
import type { SecureContextOptions, Server, TLSSocket } from 'node:tls';
import { FIRST_BYTE_TIMEOUT_MS } from './limits.ts';

/** Certificate and key in PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** The side of TLS that has the certificate. */
export interface TlsEnd {
  /** Shakes hands over a connection, whose first bytes were put back. */
  secure(socket: Socket): void;
  /** Uses another certificate from now on. @throws when the pair does not fit together */
  replace(pair: TlsPair): void;
}

/** The first byte of a TLS connection: a handshake record. No HTTP method begins with it. */
const TLS_HANDSHAKE = 0x16;

/** Whether these are the first bytes of TLS. */
export function beginsTls(bytes: Buffer): boolean {
  return bytes[0] === TLS_HANDSHAKE;
}

/** @param serve gets connections whose handshake is done */
export function createTlsEnd(pair: TlsPair, serve: (socket: TLSSocket) => void): TlsEnd {
  // Loaded where it is asked for alone: it takes longer than all of the server.
  const server: Server = process.getBuiltinModule('node:tls').createServer({
    ...contextOf(pair),
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: FIRST_BYTE_TIMEOUT_MS,
  });
  server.on('secureConnection', serve);
  // A client that does not trust the certificate, or hangs up, is its own affair.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return {
    secure(socket) {
      // As in Node's own TLS servers; else a client that hangs up amid the handshake leaves a socket behind.
      socket.allowHalfOpen = false;
      server.emit('connection', socket);
    },
    replace: (next) => server.setSecureContext(contextOf(next)),
  };
}

function contextOf(pair: TlsPair): SecureContextOptions {
  return { cert: pair.cert, key: pair.key, minVersion: 'TLSv1.2' };
}
