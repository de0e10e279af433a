/** What a client of a registry needs of HTTP, down to hanging up in the middle of a body. */
import { once } from 'node:events';
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as startRequest,
} from 'node:http';

/** What is asked. */
export interface Sending {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Sends the body in pieces, without saying how long it is. */
  readonly isStreamed?: boolean;
}

/** What is answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The connection broke before the whole answer had come. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';

  constructor(sending: Sending, cause: unknown) {
    super(`${sending.method} ${sending.path} was not answered`, { cause });
  }
}

/** A request whose body is not sent to its end yet. */
export interface UnfinishedRequest {
  /** The answer, if there is one nevertheless. */
  readonly answer: Promise<Answer>;
  hangUp(): void;
}

/** Pieces a streamed body is cut into. */
const PIECE_BYTES = 100_000;

/** A client with connections of its own, which it uses again. */
export class HttpClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws UnansweredError */
  async send(sending: Sending): Promise<Answer> {
    const request = this.#start(sending, sending.body);
    const answer = readAnswer(request, sending);
    if (sending.isStreamed !== true) request.end(sending.body);
    else {
      for (const piece of piecesOf(sending.body ?? Buffer.alloc(0))) request.write(piece);
      request.end();
    }
    return answer;
  }

  /** Sends the whole request and hangs up without waiting for the answer. */
  async sendAndHangUp(sending: Sending): Promise<void> {
    const request = this.#start(sending, sending.body);
    const answer = readAnswer(request, sending);
    request.end(sending.body);
    const isSent = Promise.race([once(request, 'finish'), answer]);
    await isSent.catch(() => undefined);
    request.destroy();
    await answer.catch(() => undefined);
  }

  /**
   * Begins a request and sends a part of its body.
   * @param length of the whole body that is announced
   */
  async begin(sending: Omit<Sending, 'body'>, part: Buffer, length: number): Promise<UnfinishedRequest> {
    const headers = { ...sending.headers, 'content-length': String(length) };
    const request = this.#start({ ...sending, headers }, undefined);
    const answer = readAnswer(request, sending);
    answer.catch(() => undefined);
    const isSent = new Promise((resolve) => request.write(part, resolve));
    await Promise.race([isSent, answer]).catch(() => undefined);
    return { answer, hangUp: () => request.destroy() };
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #start({ method, path, headers, isStreamed }: Sending, body: Buffer | undefined): ClientRequest {
    const length =
      isStreamed === true || (body === undefined && method !== 'POST')
        ? {}
        : { 'content-length': String(body?.length ?? 0) };
    return startRequest({
      host: '127.0.0.1',
      port: this.#port,
      agent: this.#agent,
      method,
      path,
      headers: { ...length, ...headers },
    });
  }
}

function piecesOf(body: Buffer): Buffer[] {
  const count = Math.ceil(body.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, index) => body.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES));
}

function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}

function readAnswer(request: ClientRequest, sending: Sending): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const fail = (cause: unknown): void => {
      if (!isOver) reject(new UnansweredError(sending, cause));
      isOver = true;
    };
    request.on('error', fail);
    request.on('close', () => fail('closed'));
    request.on('response', (message: IncomingMessage) => {
      const pieces: Buffer[] = [];
      message.on('data', (piece: Buffer) => pieces.push(piece));
      message.on('error', fail);
      message.on('end', () => {
        isOver = true;
        resolve({ status: message.statusCode ?? 0, headers: message.headers, body: joined(pieces) });
      });
    });
  });
}
