/** What the exchange needs of a request and its response, whoever reads and writes them: Node's server, or ours. */
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestBody } from './request.ts';

/** The connection of a request. */
export interface HttpConnection {
  readonly remoteAddress?: string | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  /** Whether it is one of TLS. */
  readonly encrypted?: boolean;
}

/** A request. */
export interface HttpMessage {
  readonly method: string;
  /** What was asked for: a path, or a whole address. */
  readonly url: string;
  readonly httpVersion: string;
  /** By names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly socket: HttpConnection;
  /** @param invite asks a client that waits to send; called when the first bytes are asked for */
  openBody(invite: () => void): RequestBody;
  /** Does with the rest of the body what becomes of one that nobody read; called when the response is sent. */
  leaveBody(): void;
}

/** A response. */
export interface HttpResponse {
  /** Whether the connection is used again afterwards; decided before the head is written. */
  shouldKeepAlive: boolean;
  readonly destroyed: boolean;
  /** @param fields names and values in turn */
  writeHead(status: number, fields: string[]): unknown;
  /** @param onDone called when the chunk's memory is free again */
  write(chunk: Uint8Array, onDone: (error?: Error | null) => void): unknown;
  end(): unknown;
  end(body: Uint8Array): unknown;
  end(body: string, encoding: 'latin1'): unknown;
  destroy(): unknown;
  once(event: 'close', listener: () => void): unknown;
  off(event: 'close', listener: () => void): unknown;
}
