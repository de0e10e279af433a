/** A bare connection: what is written goes out as it is, replies are read one by one. */
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import type { WireReply } from './wire.ts';

/** A connection to a server. */
export interface RawConnection extends Disposable {
  /** @returns when the system has taken it */
  write(bytes: string | Uint8Array): Promise<void>;
  /** The next reply, a `100 Continue` included. @throws when the server closes before it is complete */
  reply(options?: { readonly isHead?: boolean }): Promise<WireReply>;
  /** Whatever still comes until the server closes. */
  rest(): Promise<string>;
  /** Resolves once the server has closed. */
  readonly closed: Promise<void>;
  /** Says that nothing more is sent, and goes on reading. */
  end(): void;
  /** Breaks the connection off, as a client that dies does. */
  reset(): void;
}

/** Connects to a port of this machine. */
export async function connectRaw(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const input = new Input(socket);
  return {
    write: (bytes) => new Promise((resolve) => void socket.write(bytes, () => resolve())),
    reply: async ({ isHead = false } = {}) => readReply(input, isHead),
    rest: () => input.rest(),
    closed: input.closed,
    end: () => void socket.end(),
    reset: () => socket.resetAndDestroy(),
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** What came in and was not read yet. */
class Input {
  readonly closed: Promise<void>;
  #bytes = Buffer.alloc(0);
  #isClosed = false;
  #wake = () => {};

  constructor(socket: Socket) {
    socket.on('data', (piece: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, piece]);
      this.#wake();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      const end = () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      };
      socket.on('end', end).on('close', end);
    });
  }

  async until(mark: string): Promise<string> {
    await this.#has(() => this.#bytes.includes(mark));
    return this.#take(this.#bytes.indexOf(mark) + mark.length).toString('latin1');
  }

  async exactly(length: number): Promise<Buffer> {
    await this.#has(() => this.#bytes.length >= length);
    return this.#take(length);
  }

  async rest(): Promise<string> {
    await this.closed;
    return this.#take(this.#bytes.length).toString('latin1');
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  async #has(isEnough: () => boolean): Promise<void> {
    while (!isEnough()) {
      if (this.#isClosed)
        throw new Error(`The connection closed after ${JSON.stringify(this.#bytes.toString('latin1'))}`);
      await new Promise<void>((resolve) => void (this.#wake = resolve));
    }
  }
}

async function readReply(input: Input, isHead: boolean): Promise<WireReply> {
  const [statusLine = '', ...lines] = (await input.until('\r\n\r\n')).trimEnd().split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const headers: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers[(rawHeaders[index] ?? '').toLowerCase()] = rawHeaders[index + 1] ?? '';
  }
  const body = isHead ? Buffer.alloc(0) : await input.exactly(Number(headers['content-length'] ?? 0));
  return { status, headers, rawHeaders, body, text: body.toString(), wasInvited: false };
}
