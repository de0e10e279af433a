/** A request that Node's own server reads. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { bodyOf } from './body.ts';
import type { HttpConnection, HttpMessage } from './http-message.ts';
import type { RequestBody } from './request.ts';
import { limitUnreadBody } from './unread-body.ts';

export class NodeMessage implements HttpMessage {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  readonly socket: HttpConnection;
  readonly #message: IncomingMessage;

  constructor(message: IncomingMessage) {
    this.#message = message;
    this.method = message.method ?? 'GET';
    this.url = message.url ?? '/';
    this.httpVersion = message.httpVersion;
    this.headers = message.headers;
    this.socket = message.socket;
  }

  openBody(invite: () => void): RequestBody {
    return bodyOf(this.#message, invite);
  }

  leaveBody(): void {
    limitUnreadBody(this.#message);
  }
}
