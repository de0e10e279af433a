/** The listening server: plain HTTP and TLS on one port, told apart by the first byte. */
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, Connections } from './connections.ts';
import type { Exchange } from './exchange.ts';
import { HEADERS_TIMEOUT_MS } from './limits.ts';
import { createNodeServer } from './node-server.ts';
import { followExchanges } from './open-exchanges.ts';
import type { TlsPair } from './tls-server.ts';
import { inTurns } from './turns.ts';

/** A server that listens. */
export interface ListeningServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Uses another certificate for connections from now on. @throws when the pair does not fit together */
  replaceTls(pair: TlsPair): void;
}

/** Where and how to listen. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Undefined: plain HTTP only. */
  readonly tls: TlsPair | undefined;
  /** Milliseconds that open requests get at the end, before their connections are cut. */
  readonly grace: () => number;
  /** Connections beyond `max` are closed at once; undefined: as many as the system lets. */
  readonly connections?: ConnectionOptions['limit'];
  /** Milliseconds within which the head of a request must arrive. */
  readonly headersTimeout?: number;
}

/**
 * Listens.
 * @throws the system's error (EADDRINUSE, EACCES …) when the address cannot be had
 */
export async function listen(exchange: Exchange, options: ListenOptions): Promise<ListeningServer> {
  const { host, port: wanted, tls, connections: limit, headersTimeout = HEADERS_TIMEOUT_MS } = options;
  const exchanges = followExchanges(exchange);
  const begin = inTurns(exchanges.exchange);
  const node = createNodeServer(begin, headersTimeout);
  const connections = new Connections(node, begin, { tls, headersTimeout, limit });
  await new Promise<void>((resolve, reject) => {
    node.server.once('error', reject);
    node.server.listen({ host, port: wanted, backlog: 1024 }, () => {
      node.server.off('error', reject);
      resolve();
    });
  });
  const { address, port } = node.server.address() as AddressInfo;
  return {
    address,
    port,
    replaceTls: (pair) => connections.tls?.replace(pair),
    async [Symbol.asyncDispose]() {
      await connections.close(options.grace());
      await exchanges.settle();
    },
  };
}
