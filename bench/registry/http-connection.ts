/** One HTTP/1.1 connection that costs the measured machine as little as can be: bytes in, status and length out. */
import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

/** An answer. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Empty when the request asked for none. */
  readonly body: Buffer;
  readonly bodyLength: number;
}

/** A request, ready to be sent. */
export interface RawRequest {
  /** The whole head with the empty line; and the body, if it is small. */
  readonly head: Buffer;
  readonly body?: Iterable<Buffer>;
  /** HEAD has no body, whatever its length says. */
  readonly isHead?: boolean;
  /** Whether the body is given back and not only counted. */
  readonly keepsBody?: boolean;
}

/** A connection on which one request follows the other. */
export interface HttpConnection extends Disposable {
  send(request: RawRequest): Promise<Reply>;
}

const READ_BYTES = 256 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');

/** Connects to a server on this machine. @throws Error when nobody listens */
export async function openConnection(port: number): Promise<HttpConnection> {
  const parser = createParser();
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer,
      callback: (length) => {
        parser.push(buffer.subarray(0, length));
        return true;
      },
    },
  });
  await once(socket, 'connect');
  socket.on('error', (error) => parser.fail(error));
  socket.on('close', () => parser.fail(new Error('The server closed the connection.')));
  return {
    async send(request) {
      const reply = parser.expect(request);
      socket.write(request.head);
      if (request.body !== undefined) await writeAll(socket, request.body);
      return reply;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

async function writeAll(socket: Socket, pieces: Iterable<Buffer>): Promise<void> {
  for (const piece of pieces) if (!socket.write(piece)) await once(socket, 'drain');
}

interface Parser {
  expect(request: RawRequest): Promise<Reply>;
  push(bytes: Buffer): void;
  fail(error: Error): void;
}

/** What is known of the answer that comes in. */
interface Incoming {
  status: number;
  headers: Map<string, string>;
  /** Bytes still to come, of the body or of the current chunk; NaN: the next line says. */
  left: number;
  isChunked: boolean;
  length: number;
  kept: Buffer[];
}

function createParser(): Parser {
  let waiting: { request: RawRequest; resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;
  let rest = Buffer.alloc(0);
  let incoming: Incoming | undefined;

  function finish(reply: Incoming): void {
    const { status, headers, kept, length } = reply;
    const done = waiting;
    incoming = undefined;
    waiting = undefined;
    done?.resolve({ status, headers, body: Buffer.concat(kept), bodyLength: length });
  }

  /** @returns what was not used; undefined when more has to come */
  function advance(bytes: Buffer): Buffer | undefined {
    if (incoming === undefined) {
      const end = bytes.indexOf(HEAD_END);
      if (end < 0) return undefined;
      const head = readHead(bytes.toString('latin1', 0, end), waiting?.request.isHead === true);
      const after = bytes.subarray(end + HEAD_END.length);
      if (head.status < 200) return after;
      incoming = head;
      if (head.left === 0) finish(head);
      return after;
    }
    if (Number.isNaN(incoming.left)) return advanceChunk(incoming, bytes);
    const taken = bytes.subarray(0, incoming.left);
    incoming.left -= taken.length;
    incoming.length += taken.length;
    if (waiting?.request.keepsBody === true) incoming.kept.push(Buffer.from(taken));
    if (incoming.left === 0) {
      if (incoming.isChunked) incoming.left = Number.NaN;
      else finish(incoming);
    }
    return bytes.subarray(taken.length);
  }

  function advanceChunk(reply: Incoming, bytes: Buffer): Buffer | undefined {
    const start = bytes[0] === 13 ? 2 : 0;
    const end = bytes.indexOf('\r\n', start);
    if (end < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', start, end), 16);
    if (size > 0) {
      reply.left = size;
      return bytes.subarray(end + 2);
    }
    if (bytes.length < end + 4) return undefined;
    finish(reply);
    return bytes.subarray(end + 4);
  }

  return {
    expect(request) {
      const { promise, resolve, reject } = Promise.withResolvers<Reply>();
      waiting = { request, resolve, reject };
      return promise;
    },
    push(bytes) {
      let left: Buffer = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      while (left.length > 0) {
        const after = advance(left);
        if (after === undefined) break;
        left = after;
      }
      rest = left.length === 0 ? Buffer.alloc(0) : Buffer.from(left);
    },
    fail(error) {
      waiting?.reject(error);
      waiting = undefined;
    },
  };
}

function readHead(text: string, isHead: boolean): Incoming {
  const lines = text.split('\r\n');
  const headers = new Map(
    lines.slice(1).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const status = Number(lines[0]?.slice(9, 12));
  const isChunked = headers.get('transfer-encoding') === 'chunked';
  const hasBody = !isHead && status !== 204 && status !== 304;
  const left = !hasBody ? 0 : isChunked ? Number.NaN : Number(headers.get('content-length') ?? 0);
  return { status, headers, left, isChunked, length: 0, kept: [] };
}
