/** One connection: a request is read, answered, and its body read to the end or dropped; then the next. */
import type { Socket } from 'node:net';
import type { HttpMessage, HttpResponse } from '../http-message.ts';
import { IDLE_TIMEOUT_MS, KEEP_ALIVE_TIMEOUT_MS, UNREAD_BODY_GRACE_MS } from '../limits.ts';
import { ChunkedFraming, LengthFraming } from './framing.ts';
import type { ReceiveBuffers } from './receive-buffers.ts';
import { ReceivedBody } from './received-body.ts';
import { type RequestHead, readHead } from './request-head.ts';
import { WireMessage } from './wire-message.ts';
import { WireResponse } from './wire-response.ts';

/** What connections need of the server around them. */
export interface Surroundings {
  readonly buffers: ReceiveBuffers;
  /** Answers a request; `invite` is given when the client waits to be asked for the body. */
  begin(message: HttpMessage, response: HttpResponse, invite: (() => void) | undefined): void;
  /** Has Node's own server go on with a connection, beginning with these bytes. */
  handOver(socket: Socket, bytes: Buffer): void;
  /** Whether the server takes no more requests. */
  isClosing(): boolean;
  /** Milliseconds that a client may be silent before its first request. */
  readonly headersTimeout: number;
}

/** Requests that a client sends before it was answered wait; more of them than this are not received. */
const EARLY_MAX_BYTES = 64 * 1024;

const NOTHING = Buffer.alloc(0);
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

export class WireConnection {
  readonly #socket: Socket;
  readonly #around: Surroundings;
  #body: ReceivedBody | undefined;
  /** The one that is not given yet. */
  #answer: WireResponse | undefined;
  #hasServed = false;
  /** Whether the connection ends after the answer that is given. */
  #isLast = false;
  #early = NOTHING;
  /** Whether the client sends nothing more. */
  #hasEnded = false;
  #unread: NodeJS.Timeout | undefined;
  /** After how many milliseconds without a byte somebody looks. */
  #patience: number;

  /** @param socket delivers to `receive` what is received in `target` */
  constructor(socket: Socket, around: Surroundings) {
    this.#socket = socket;
    this.#around = around;
    this.#patience = around.headersTimeout;
    socket.setTimeout(this.#patience);
    socket.on('timeout', this.#onTimeout).on('error', this.#onError).on('end', this.#onEnd).on('close', this.#onClose);
  }

  /** Whether no request goes on, nor is the first one on its way: a client that has just connected is about to ask. */
  get isIdle(): boolean {
    return this.#hasServed && this.#isFree;
  }

  get #isFree(): boolean {
    return this.#answer === undefined && this.#body === undefined;
  }

  /** Where the next bytes are received. */
  get target(): Buffer {
    return this.#body?.target ?? this.#around.buffers.shared;
  }

  /**
   * Takes what was received.
   * @param bytes in memory that is good for this call only, unless it was the body's
   * @returns whether more can be received now
   */
  receive(bytes: Buffer): boolean {
    const rest = this.#body === undefined ? bytes : this.#receiveBody(this.#body, bytes);
    if (rest.length === 0) return this.#body?.isFull !== true;
    if (this.#isLast) return true;
    if (!this.#isFree) return this.#keepEarly(rest);
    return this.#receiveHead(rest);
  }

  #receiveHead(bytes: Buffer): boolean {
    const head = readHead(bytes);
    if (head === undefined && this.#hasEnded) {
      this.#endAfterAnswer();
      return false;
    }
    if (head === undefined) {
      this.#leave(bytes);
      return true;
    }
    const body = head.body === 0 ? undefined : this.#expectBody(head.body);
    this.#begin(head, body);
    return bytes.length === head.length || this.receive(bytes.subarray(head.length));
  }

  #expectBody(length: number | 'chunked'): ReceivedBody {
    const framing = length === 'chunked' ? new ChunkedFraming() : new LengthFraming(length);
    this.#body = new ReceivedBody(framing, this.#around.buffers, () => this.#socket.resume());
    return this.#body;
  }

  #begin(head: RequestHead, body: ReceivedBody | undefined): void {
    this.#wait(KEEP_ALIVE_TIMEOUT_MS);
    this.#isLast = !head.keepsAlive || this.#around.isClosing();
    const message = new WireMessage(head, this.#socket, body);
    const response = new WireResponse(this.#socket, !this.#isLast, () => this.#onAnswered());
    this.#answer = response;
    const invite = head.awaitsInvitation ? () => void this.#socket.write(CONTINUE, 'latin1') : undefined;
    this.#around.begin(message, response, invite);
  }

  /** @returns what does not belong to the body */
  #receiveBody(body: ReceivedBody, bytes: Buffer): Buffer {
    const used = body.take(bytes);
    if (used === 'malformed') {
      // Where the next request would begin, nobody knows.
      this.#endAfterAnswer();
      this.#socket.pause();
      return NOTHING;
    }
    if (!body.isOver) return NOTHING;
    this.#body = undefined;
    if (this.#answer === undefined) this.#onFinished();
    return bytes.subarray(used);
  }

  #keepEarly(bytes: Buffer): boolean {
    this.#early = Buffer.concat([this.#early, bytes]);
    return this.#early.length < EARLY_MAX_BYTES;
  }

  /** No more of the body comes, nor other requests; what the client still waits for it gets. */
  #endAfterAnswer(): void {
    this.#isLast = true;
    this.#body = undefined;
    if (this.#answer === undefined) this.#socket.destroySoon();
    else this.#answer.shouldKeepAlive = false;
  }

  #onAnswered(): void {
    this.#isLast ||= this.#answer?.shouldKeepAlive !== true;
    this.#answer = undefined;
    if (this.#isLast) this.#socket.end();
    if (this.#body === undefined) {
      this.#onFinished();
      return;
    }
    // A client that still sends may finish, see the answer and use the connection again, but not for ever.
    this.#unread = setTimeout(() => this.#socket.destroy(), UNREAD_BODY_GRACE_MS).unref();
    this.#socket.resume();
  }

  /** The request is answered and has arrived as a whole. */
  #onFinished(): void {
    this.#hasServed = true;
    clearTimeout(this.#unread);
    if (this.#isLast) {
      this.#socket.destroySoon();
      return;
    }
    this.#wait(KEEP_ALIVE_TIMEOUT_MS);
    const early = this.#early;
    if (early.length === 0) return;
    this.#early = NOTHING;
    if (this.receive(early)) this.#socket.resume();
    if (this.#hasEnded) this.#onEnd();
  }

  #leave(bytes: Buffer): void {
    const socket = this.#socket;
    socket.off('timeout', this.#onTimeout).off('error', this.#onError);
    socket.off('end', this.#onEnd).off('close', this.#onClose);
    socket.setTimeout(0);
    this.#around.handOver(socket, Buffer.from(bytes));
  }

  #wait(milliseconds: number): void {
    if (this.#patience === milliseconds) return;
    this.#patience = milliseconds;
    this.#socket.setTimeout(milliseconds);
  }

  /** Between requests clients are waited for less long than amid one. */
  readonly #onTimeout = (): void => {
    if (this.#isFree || this.#patience === IDLE_TIMEOUT_MS) this.#socket.destroy();
    else this.#wait(IDLE_TIMEOUT_MS);
  };

  readonly #onError = (): void => void this.#socket.destroy();

  /** The client sends nothing more; what it has sent before is answered. */
  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    if (this.#early.length > 0) return;
    this.#body?.break();
    this.#endAfterAnswer();
  };

  readonly #onClose = (): void => {
    clearTimeout(this.#unread);
    this.#body?.break();
    this.#early = NOTHING;
    this.#endAfterAnswer();
  };
}
