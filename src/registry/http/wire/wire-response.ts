/** A response on a connection: the part of Node's own that replies use. */
import type { Socket } from 'node:net';
import type { HttpResponse } from '../http-message.ts';
import { formatHead } from './response-head.ts';

export class WireResponse implements HttpResponse {
  shouldKeepAlive: boolean;
  readonly #socket: Socket;
  readonly #onEnd: () => void;
  /** Waits for the first bytes of the body, so that they are sent together. */
  #head = '';

  /** @param onEnd called once, when everything is written */
  constructor(socket: Socket, shouldKeepAlive: boolean, onEnd: () => void) {
    this.#socket = socket;
    this.shouldKeepAlive = shouldKeepAlive;
    this.#onEnd = onEnd;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  writeHead(status: number, fields: string[]): void {
    this.#head = formatHead(status, fields, this.shouldKeepAlive);
  }

  write(chunk: Uint8Array, onDone: (error?: Error | null) => void): void {
    const head = this.#takeHead();
    if (head === '') {
      this.#socket.write(chunk, onDone);
      return;
    }
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    this.#socket.write(chunk, onDone);
    this.#socket.uncork();
  }

  end(body?: Uint8Array | string, encoding?: 'latin1'): void {
    if (body instanceof Uint8Array) this.write(body, () => {});
    else if (encoding === 'latin1') this.#socket.write(this.#takeHead() + body, 'latin1');
    else if (this.#head !== '') this.#socket.write(this.#takeHead(), 'latin1');
    this.#onEnd();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  once(event: 'close', listener: () => void): void {
    this.#socket.once(event, listener);
  }

  off(event: 'close', listener: () => void): void {
    this.#socket.off(event, listener);
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }
}
