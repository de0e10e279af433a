/** A connection without TLS that is used for one short request after another. */
import { type Socket, createConnection } from 'node:net';
import { closedEarly, silenceFailure } from '../connection-failure.ts';
import type { Answer } from './answer.ts';
import { ShortExchange, type ShortMethod } from './short-exchange.ts';

/** A request without a body. */
export interface ShortRequest {
  readonly method: ShortMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | number>>;
  /** Where to connect. */
  readonly host: string;
  readonly port: number;
  /** Milliseconds without a byte. */
  readonly silence: number;
}

/** Who has the connections is told. */
interface Owner {
  /** It can be used again. */
  rest(connection: KeptConnection): void;
  /** It cannot be used any more. */
  forget(connection: KeptConnection): void;
}

/** What is read is copied at once: one piece of memory is enough for all connections. */
let memory: Buffer | undefined;
const MEMORY_LENGTH = 128 * 1024;

/** One connection. */
export class KeptConnection {
  readonly #socket: Socket;
  readonly #owner: Owner;
  #exchange: ShortExchange | undefined;
  /** Ends what the exchange waits on. */
  #release = () => {};
  #silenced = closedEarly;
  #error: Error | undefined;

  constructor({ host, port }: ShortRequest, owner: Owner) {
    this.#owner = owner;
    const buffer = (memory ??= Buffer.allocUnsafeSlow(MEMORY_LENGTH));
    const onread = { buffer, callback: (count: number) => this.#take(buffer.subarray(0, count)) };
    this.#socket = createConnection({ host, port, noDelay: true, onread })
      .on('timeout', () => this.#exchange && this.close(this.#silenced()))
      .once('error', (error) => (this.#error = error))
      .once('end', () => this.close())
      .once('close', () => this.#fail());
  }

  /** Whether anything of the last answer has come. */
  hasBegun = false;

  /**
   * Asks, when nothing else is being asked.
   * @param head the request as it is written
   * @returns undefined when the answer has to be had in another way
   * @throws what the socket fails with; DevregError REGISTRY_TIMEOUT; the signal's reason
   */
  ask(head: string, { method, url, silence }: ShortRequest, signal: AbortSignal): Promise<Answer | undefined> {
    const exchange = new ShortExchange(method, () => this.close());
    const stop = () => this.close(asError(signal.reason));
    signal.addEventListener('abort', stop);
    this.#release = () => signal.removeEventListener('abort', stop);
    this.#silenced = () => silenceFailure(url);
    this.#exchange = exchange;
    this.hasBegun = false;
    this.#socket.ref().setTimeout(silence);
    this.#socket.write(head, 'latin1');
    return exchange.answered;
  }

  /** Breaks it off; what is being asked fails. */
  close(error?: Error): void {
    this.#owner.forget(this);
    this.#socket.destroy(error);
  }

  /** @returns whether to go on reading */
  #take(piece: Buffer): boolean {
    this.hasBegun = true;
    const outcome = this.#exchange?.take(piece) ?? 'spent';
    if (outcome === 'more') return true;
    this.#exchange = undefined;
    this.#release();
    // Who read the end of the answer may have given it up there.
    const isKept = outcome === 'kept' && !this.#socket.destroyed;
    if (isKept) this.#rest();
    else this.close();
    return isKept;
  }

  /** Nobody waits for it: the process may end. */
  #rest(): void {
    this.#socket.unref();
    this.#owner.rest(this);
  }

  #fail(): void {
    this.#owner.forget(this);
    this.#release();
    this.#exchange?.fail(this.#error ?? closedEarly());
    this.#exchange = undefined;
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}
