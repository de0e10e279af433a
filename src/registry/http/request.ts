/** A request as the endpoints see it: parsed, and with the client's view of the server's address. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ByteSource } from '../core/ports.ts';
import type { Route } from './route.ts';

/** How the client reached the server. */
export interface Origin {
  readonly scheme: 'http' | 'https';
  /** Host and port as the client wrote them. */
  readonly host: string;
  /** The client's address; behind trusted proxies the one they report. */
  readonly client: string;
}

/** What a challenge tells its client. */
export interface Challenged {
  readonly origin: Origin;
  /** The host in whose routes the scope's name is meant; undefined: the origin's. */
  readonly namespace: string | undefined;
  /** What a token is needed for, if that is known. */
  readonly scope: string | undefined;
  /** Whether the client came with credentials that do not include it. */
  readonly isInsufficient: boolean;
  /** Whether it is accounts that the request is about. */
  readonly isManaging: boolean;
}

/** The body of a request; nothing is asked of the client before it is read. */
export interface RequestBody {
  /** Content-Length; undefined when the client streams without saying how much, 0 when there is no body. */
  readonly length: number | undefined;
  /**
   * The bytes, once.
   * @throws RegistryError `upload-interrupted` when the connection breaks; what arrived before comes first
   */
  stream(): ByteSource;
  /**
   * The whole body.
   * @throws RegistryError with the given reason when it is longer than `limit` bytes
   */
  read(limit: number, reason: 'manifest-too-large' | 'request-invalid'): Promise<Buffer>;
  /** How many bytes have come so far. */
  received(): number;
}

/** A request. */
export interface RegistryRequest {
  readonly id: string;
  readonly method: string;
  /** The path from `/v2/` on, still encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly origin: Origin;
  readonly route: Route;
  readonly body: RequestBody;
}
