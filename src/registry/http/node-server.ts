/** Node's own HTTP server: for requests that are written in any unusual way, and for those it refuses. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpMessage, HttpResponse } from './http-message.ts';
import { HEADERS_MAX_BYTES, IDLE_TIMEOUT_MS, KEEP_ALIVE_TIMEOUT_MS } from './limits.ts';
import { createServer } from './node-http.ts';
import { NodeMessage } from './node-message.ts';
import { refuseUnparsed } from './unparsed-request.ts';

/** Begins to answer a request; `invite` is given when the client waits to be asked for the body. */
export type Begin = (message: HttpMessage, response: HttpResponse, invite: (() => void) | undefined) => void;

/** A server that is given its connections. */
export interface NodeServer {
  /** The one that listens; it does nothing with connections itself. */
  readonly server: Server;
  serve(socket: Socket): void;
}

/** @param headersTimeout milliseconds within which the head of a request must arrive */
export function createNodeServer(begin: Begin, headersTimeout: number): NodeServer {
  const server = createServer({
    maxHeaderSize: HEADERS_MAX_BYTES,
    headersTimeout,
    // Node looks for heads that are late in intervals of its own.
    connectionsCheckingInterval: headersTimeout / 4,
    // Large pushes over slow lines take hours; idle connections are found by IDLE_TIMEOUT_MS instead.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    noDelay: true,
    // A request without a body has none to be read, and so no stream that goes through its life.
    optimizeEmptyRequests: true,
    // A request without Host is refused like any other that is wrong.
    requireHostHeader: false,
  });
  server.timeout = IDLE_TIMEOUT_MS;
  answerWith(server, begin);
  const [serve] = server.listeners('connection') as [(this: Server, socket: Socket) => void];
  server.removeAllListeners('connection');
  return { server, serve: (socket) => serve.call(server, socket) };
}

function answerWith(server: Server, begin: Begin): void {
  const answering = new WeakMap<Duplex, ServerResponse>();
  const handle = (message: IncomingMessage, response: ServerResponse, invite?: () => void) => {
    answering.set(message.socket, response);
    begin(new NodeMessage(message), response, invite);
  };
  server.on('request', handle);
  server.on('checkContinue', (message, response) => handle(message, response, () => response.writeContinue()));
  // Expectations other than to be invited may be ignored.
  server.on('checkExpectation', handle);
  server.on('clientError', (error, socket) => {
    if (owesAnswer(answering.get(socket))) socket.destroy();
    else refuseUnparsed(error, socket);
  });
}

/** Whether a refusal would be taken for the answer to a request before, or stand in the middle of it. */
function owesAnswer(response: ServerResponse | undefined): boolean {
  return response !== undefined && !response.writableFinished && (response.headersSent || response.req.complete);
}
