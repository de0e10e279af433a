/** The connections of a server: each is served by our own reader, until something unusual is for Node's. */
import type { Socket } from 'node:net';
import { IDLE_SWEEP_MS } from './limits.ts';
import type { Begin, NodeServer } from './node-server.ts';
import { type TlsEnd, type TlsPair, beginsTls, createTlsEnd } from './tls-server.ts';
import { adoptSocket } from './wire/adopt-socket.ts';
import { ReceiveBuffers } from './wire/receive-buffers.ts';
import { type Surroundings, WireConnection } from './wire/wire-connection.ts';

/** How connections are taken. */
export interface ConnectionOptions {
  /** Undefined: plain HTTP only. */
  readonly tls: TlsPair | undefined;
  readonly headersTimeout: number;
  /** Connections beyond `max` are closed at once; undefined: as many as the system lets. */
  readonly limit: { readonly max: number; readonly onRefused: () => void } | undefined;
}

export class Connections {
  readonly tls: TlsEnd | undefined;
  readonly #node: NodeServer;
  readonly #limit: ConnectionOptions['limit'];
  readonly #around: Surroundings;
  readonly #sockets = new Set<Socket>();
  readonly #wired = new Map<Socket, WireConnection>();
  #isClosing = false;
  #onEmpty = () => {};

  constructor(node: NodeServer, begin: Begin, { tls, headersTimeout, limit }: ConnectionOptions) {
    this.#node = node;
    this.#limit = limit;
    this.tls = tls === undefined ? undefined : createTlsEnd(tls, (socket) => this.#serveByEvents(socket));
    this.#around = {
      buffers: new ReceiveBuffers(),
      begin,
      handOver: (socket, bytes) => this.#handOver(socket, bytes),
      isClosing: () => this.#isClosing,
      headersTimeout,
    };
    node.server.on('connection', (socket: Socket) => this.#accept(socket));
  }

  /** Waits until all are closed, idle ones at once. @param grace milliseconds that open requests get */
  async close(grace: number): Promise<void> {
    this.#isClosing = true;
    const listening = new Promise<void>((resolve) => this.#node.server.close(() => resolve()));
    const sweep = setInterval(() => this.#closeIdle(), IDLE_SWEEP_MS);
    // All of them: those that are still silent or amid a handshake, too.
    const cut = setTimeout(() => this.#sockets.forEach((socket) => socket.destroy()), grace);
    this.#closeIdle();
    await listening;
    if (this.#sockets.size > 0) await new Promise<void>((resolve) => void (this.#onEmpty = resolve));
    clearInterval(sweep);
    clearTimeout(cut);
  }

  #closeIdle(): void {
    this.#node.server.closeIdleConnections();
    for (const [socket, connection] of this.#wired) if (connection.isIdle) socket.destroySoon();
  }

  #accept(accepted: Socket): void {
    if (this.#limit !== undefined && this.#sockets.size >= this.#limit.max) {
      this.#limit.onRefused();
      accepted.destroy();
      return;
    }
    const socket = adoptSocket(accepted, this.#around.buffers.shared, (own) => {
      const connection = this.#wire(own);
      return { target: () => connection.target, receive: (bytes) => connection.receive(bytes) };
    });
    this.#follow(socket ?? accepted);
    if (socket === undefined) this.#serveByEvents(accepted);
  }

  /** Sockets of TLS, and those that cannot be adopted, say when something has come. */
  #serveByEvents(socket: Socket): void {
    const connection = this.#wire(socket);
    socket.on('data', (bytes: Buffer) => {
      if (this.#wired.has(socket) && !connection.receive(bytes)) socket.pause();
    });
  }

  #wire(socket: Socket): WireConnection {
    const connection = new WireConnection(socket, this.#around);
    this.#wired.set(socket, connection);
    socket.once('close', () => this.#wired.delete(socket));
    return connection;
  }

  #follow(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#onEmpty();
    });
  }

  #handOver(socket: Socket, bytes: Buffer): void {
    this.#wired.delete(socket);
    socket.removeAllListeners('data');
    socket.unshift(bytes);
    if (this.tls !== undefined && !('encrypted' in socket) && beginsTls(bytes)) this.tls.secure(socket);
    else this.#node.serve(socket);
  }
}
