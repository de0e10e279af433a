/** A request on a connection. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { requestBody } from '../body.ts';
import type { HttpMessage } from '../http-message.ts';
import type { RequestBody } from '../request.ts';
import type { ReceivedBody } from './received-body.ts';
import type { RequestHead } from './request-head.ts';

export class WireMessage implements HttpMessage {
  readonly method: string;
  readonly url: string;
  readonly httpVersion = '1.1';
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
  readonly #length: number | undefined;
  readonly #body: ReceivedBody | undefined;

  /** @param body undefined: there is none */
  constructor(head: RequestHead, socket: Socket, body: ReceivedBody | undefined) {
    this.method = head.method;
    this.url = head.target;
    this.headers = head.headers;
    this.socket = socket;
    this.#length = head.body === 'chunked' ? undefined : head.body;
    this.#body = body;
  }

  openBody(invite: () => void): RequestBody {
    const body = this.#body;
    return requestBody({
      length: this.#length,
      received: () => body?.received ?? 0,
      batches: () => invited(body, invite),
    });
  }

  leaveBody(): void {
    this.#body?.abandon();
  }
}

async function* invited(body: ReceivedBody | undefined, invite: () => void): AsyncGenerator<readonly Uint8Array[]> {
  invite();
  if (body !== undefined) yield* body.batches();
}
