/** A registry that does what a test says, however wrong that is, and remembers what it was asked. */
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  type RegistryClient,
  type RegistryOptions,
  openRegistry,
} from '../../../../src/client/registry/registry-client.ts';

/** A request, with its body. */
export interface StubRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What is answered; a function writes it itself. */
export type StubReply =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | string[]>>;
      readonly body?: string | Uint8Array;
    }
  | ((response: ServerResponse, request: IncomingMessage) => void);

/** The registry. */
export interface StubRegistry extends AsyncDisposable {
  readonly host: string;
  readonly origin: string;
  /** All but those for `/v2/` itself, which clients begin with. */
  readonly requests: readonly StubRequest[];
  /** A client that is disposed of with the registry. It does not wait long before it asks again. */
  client(options?: Partial<RegistryOptions>): RegistryClient;
}

/**
 * Starts it on a port of its own.
 * @param answer decides; `/v2/` is answered with 200 unless it does
 */
export async function startStub(
  answer: (request: StubRequest, stub: { readonly origin: string }) => StubReply | undefined,
): Promise<StubRegistry> {
  const requests: StubRequest[] = [];
  const server = createServer((message, response) => {
    void take(message, response);
  });
  const take = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(message).catch(() => Buffer.alloc(0));
    const { method = '', url: path = '', headers } = message;
    const request = { method, path, headers, body };
    if (path !== '/v2/') requests.push(request);
    reply(response, message, answer(request, { origin }) ?? (path === '/v2/' ? {} : { status: 404 }));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const origin = `http://${host}`;
  const clients = new AsyncDisposableStack();
  return {
    host,
    origin,
    requests,
    client: (options = {}) =>
      clients.use(
        openRegistry({ host, tls: 'plain', credentials: async () => undefined, retries: { delay: 1 }, ...options }),
      ),
    async [Symbol.asyncDispose]() {
      await clients.disposeAsync();
      server.closeAllConnections();
      server.close();
    },
  };
}

function reply(response: ServerResponse, message: IncomingMessage, wanted: StubReply): void {
  if (typeof wanted === 'function') return wanted(response, message);
  const { status = 200, headers = {}, body = '' } = wanted;
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(body)), ...headers });
  response.end(message.method === 'HEAD' ? undefined : body);
}
