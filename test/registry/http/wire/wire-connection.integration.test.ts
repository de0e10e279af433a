/** Connections over real sockets: requests in a row, bodies nobody reads, clients that stall, leave or half-close. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../../../../src/registry/http/exchange.ts';
import { type ListenOptions, listen } from '../../../../src/registry/http/server.ts';
import { type TestPair, newPair } from '../../../support/certificates.ts';
import { type RawConnection, connectRaw } from '../../../support/raw-connection.ts';

const MIB = 1024 * 1024;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
const put = (path: string, ...fields: string[]) => [`PUT ${path} HTTP/1.1`, 'host: a', ...fields, '', ''].join('\r\n');

/** What bodies ended in: their digest, or why they did not. */
type Outcomes = Map<string, PromiseWithResolvers<string>>;

function outcomeOf(outcomes: Outcomes, path: string): PromiseWithResolvers<string> {
  const known = outcomes.get(path) ?? Promise.withResolvers<string>();
  outcomes.set(path, known);
  return known;
}

/** Answers with the digest of the body; below `/unread` at once. */
function digesting(outcomes: Outcomes): Exchange {
  return async (message, response, invite) => {
    outcomeOf(outcomes, `begun ${message.url}`).resolve('');
    const outcome = outcomeOf(outcomes, message.url);
    const hash = createHash('sha256');
    let status = message.url.startsWith('/unread') ? 401 : 200;
    const body = message.openBody(() => invite?.());
    try {
      if (status === 200) for await (const batch of body.stream()) for (const piece of batch) hash.update(piece);
      outcome.resolve(hash.digest('hex'));
    } catch (error) {
      status = 400;
      outcome.resolve(error instanceof Error ? error.message : String(error));
    }
    if (status === 401 && invite !== undefined) response.shouldKeepAlive = false;
    const text = `${message.url} ${await outcome.promise}`;
    response.writeHead(status, ['content-length', String(text.length)]);
    response.end(text, 'latin1');
    message.leaveBody();
  };
}

async function start(options: Partial<ListenOptions> = {}) {
  const outcomes: Outcomes = new Map();
  const server = await listen(digesting(outcomes), {
    host: '127.0.0.1',
    port: 0,
    tls: undefined,
    grace: () => 1_000,
    ...options,
  });
  return {
    port: server.port,
    /** Resolves when the server has the head of a request. */
    begun: (path: string) => outcomeOf(outcomes, `begun ${path}`).promise,
    outcome: (path: string) => outcomeOf(outcomes, path).promise,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Bytes that differ from those of other seeds at every place. */
function bytesOf(seed: number, length: number): Buffer {
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, (_, at) => Math.imul(at + seed * 7919, 0x9e3779b1));
  return Buffer.from(words.buffer, 0, length);
}

async function sendChunked(connection: RawConnection, body: Buffer, size: number): Promise<void> {
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    await connection.write(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]));
  }
  await connection.write('0\r\n\r\n');
}

describe('bodies', () => {
  it('of many connections at once, quick and slow, by length and in chunks, stay apart', async () => {
    await using server = await start();
    const push = async (seed: number) => {
      using connection = await connectRaw(server.port);
      const body = bytesOf(seed, seed % 4 === 3 ? 300 : 5 * MIB + seed);
      if (seed % 2 === 0) {
        await connection.write(put(`/${seed}`, `content-length: ${body.length}`));
        await connection.write(body);
      } else {
        await connection.write(put(`/${seed}`, 'transfer-encoding: chunked'));
        await sendChunked(connection, body, seed % 4 === 3 ? 1 : 300_000 + seed);
      }
      expect((await connection.reply()).text).toBe(`/${seed} ${sha256(body)}`);
    };
    await Promise.all(Array.from({ length: 40 }, (_, seed) => push(seed)));
  });

  it('follow each other on one connection, sent in one go', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    const bodies = Array.from({ length: 6 }, (_, seed) => bytesOf(seed, seed % 2 === 0 ? 2 * MIB : 1_000));
    const sent = bodies.flatMap((body, at) => [Buffer.from(put(`/${at}`, `content-length: ${body.length}`)), body]);
    const writing = connection.write(Buffer.concat(sent));
    for (const [at, body] of bodies.entries()) expect((await connection.reply()).text).toBe(`/${at} ${sha256(body)}`);
    await writing;
  });

  it('that break off are told to their readers', async () => {
    await using server = await start();
    for (const [path, leave] of [
      ['/reset', (connection: RawConnection) => connection.reset()],
      ['/left', (connection: RawConnection) => connection[Symbol.dispose]()],
    ] as const) {
      const connection = await connectRaw(server.port);
      await connection.write(put(path, `content-length: ${100 * MIB}`));
      await connection.write(bytesOf(1, 3 * MIB));
      leave(connection);
      expect(await server.outcome(path)).toMatch(/broke/);
    }
  });

  it('that are malformed are refused, and end the connection', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    await connection.write(`${put('/', 'transfer-encoding: chunked')}1\r\nab\r\n0\r\n\r\n${get('/smuggled')}`);
    const reply = await connection.reply();
    expect([reply.status, reply.headers.connection]).toEqual([400, 'close']);
    expect(await connection.rest()).toBe('');
  });
});

describe('a body that nobody reads', () => {
  it('is dropped, and the connection is used again', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    const body = bytesOf(1, 20 * MIB);
    await connection.write(put('/unread', `content-length: ${body.length}`));
    expect((await connection.reply()).status).toBe(401);
    await connection.write(body);
    await connection.write(get('/next'));
    expect((await connection.reply()).text).toMatch(/^\/next /);
  });

  it('is not waited for when the client was not invited', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    await connection.write(put('/unread', 'content-length: 1000000000', 'expect: 100-continue'));
    const reply = await connection.reply();
    expect([reply.status, reply.headers.connection]).toEqual([401, 'close']);
    expect(await connection.rest()).toBe('');
  });

  it('that goes on for too long costs the connection', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    await connection.write(put('/unread', `content-length: ${100 * MIB}`));
    expect((await connection.reply()).status).toBe(401);
    await connection.write('a');
    await connection.closed;
  });
});

describe('a client that waits to be invited', () => {
  it('is invited when its body is asked for, and may have sent it before', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    for (const isEager of [false, true]) {
      const head = put('/', 'content-length: 1', 'expect: 100-continue');
      await connection.write(isEager ? `${head}a` : head);
      expect((await connection.reply()).status).toBe(100);
      if (!isEager) await connection.write('a');
      expect((await connection.reply()).text).toBe(`/ ${sha256(Buffer.from('a'))}`);
    }
  });
});

describe('requests in a row', () => {
  it('are answered in order, a thousand of them at once, and after a large body', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    const body = bytesOf(1, 2 * MIB);
    const many = Array.from({ length: 1_000 }, (_, at) => get(`/${at}`));
    await connection.write(
      Buffer.concat([Buffer.from(put('/first', `content-length: ${body.length}`)), body, Buffer.from(many.join(''))]),
    );
    expect((await connection.reply()).text).toBe(`/first ${sha256(body)}`);
    for (let at = 0; at < 1_000; at++) expect((await connection.reply()).text).toMatch(`/${at} `);
  });

  it('may begin with what is for Node’s own server, and have it amid them', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    const odd = 'GET /odd HTTP/1.1\r\nhost: a\r\nx: \xe4\r\n\r\n';
    await connection.write(Buffer.from(get('/a') + odd + get('/b') + odd, 'latin1'));
    for (const path of ['/a', '/odd', '/b', '/odd']) expect((await connection.reply()).text).toMatch(`${path} `);
  });

  it('are all answered to a client that then says it sends nothing more', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    await connection.write(get('/a') + get('/b') + get('/c'));
    connection.end();
    const text = await connection.rest();
    expect([...text.matchAll(/\r\n\r\n(\/\w) /g)].map(([, path]) => path)).toEqual(['/a', '/b', '/c']);
  });
});

describe('what a client says of its connection', () => {
  it('holds: it is closed when that was asked for', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    await connection.write(`GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n${get('/dropped')}`);
    expect((await connection.reply()).headers.connection).toBe('close');
    expect(await connection.rest()).toBe('');
  });

  it('is nothing: it is closed after the time for the first request', async () => {
    await using server = await start({ headersTimeout: 100 });
    using connection = await connectRaw(server.port);
    expect(await connection.rest()).toBe('');
  });

  it('ends amid a body: its reader is told, and the connection closed', async () => {
    await using server = await start();
    using connection = await connectRaw(server.port);
    await connection.write(put('/half', 'content-length: 10'));
    await connection.write('12345');
    connection.end();
    expect(await connection.rest()).toMatch(/^HTTP\/1\.1 400 [^]*broke/);
  });
});

describe('the end of a server', () => {
  it('lets bodies finish that are under way', async () => {
    const server = await start({ grace: () => 20_000 });
    using connection = await connectRaw(server.port);
    const body = bytesOf(1, 4 * MIB);
    await connection.write(put('/', `content-length: ${body.length}`));
    await connection.write(body.subarray(0, MIB));
    await server.begun('/');
    const ended = server[Symbol.asyncDispose]();
    await connection.write(body.subarray(MIB));
    expect((await connection.reply()).text).toBe(`/ ${sha256(body)}`);
    await connection.closed;
    await ended;
  });

  it('cuts off bodies that stall', async () => {
    const server = await start({ grace: () => 50 });
    using connection = await connectRaw(server.port);
    await connection.write(put('/stalled', `content-length: ${4 * MIB}`));
    await connection.write(bytesOf(1, MIB));
    await server.begun('/stalled');
    await server[Symbol.asyncDispose]();
    expect(await server.outcome('/stalled')).toMatch(/broke/);
  });
});

describe('connections beyond the limit', () => {
  it('are closed at once, and make room when others end', async () => {
    let refused = 0;
    await using server = await start({ connections: { max: 2, onRefused: () => void refused++ } });
    const [first, second] = await Promise.all([connectRaw(server.port), connectRaw(server.port)]);
    using third = await connectRaw(server.port);
    expect(await third.rest()).toBe('');
    expect(refused).toBe(1);
    await first.write(get('/'));
    expect((await first.reply()).status).toBe(200);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
  });
});

describe('over TLS', () => {
  let pair: TestPair;
  beforeAll(async () => void (pair = await newPair()));

  it('bodies arrive whole, and requests follow each other', async () => {
    await using server = await start({ tls: pair });
    const push = async (seed: number) => {
      const socket = connectTls({ host: '127.0.0.1', port: server.port, ca: pair.ca });
      await once(socket, 'secureConnect');
      const body = bytesOf(seed, 5 * MIB + seed);
      socket.write(put(`/${seed}`, `content-length: ${body.length}`));
      socket.write(body);
      socket.write(`GET /last HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
      const text = Buffer.concat(await Array.fromAsync<Buffer>(socket)).toString();
      expect(text).toContain(`\r\n\r\n/${seed} ${sha256(body)}HTTP/1.1 200 OK\r\n`);
      expect(text).toContain('\r\n\r\n/last ');
    };
    await Promise.all(Array.from({ length: 8 }, (_, seed) => push(seed)));
  });
});
