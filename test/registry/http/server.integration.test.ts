/** The listening server: two protocols on one port, certificates that change, and an orderly end. */
import { once } from 'node:events';
import { mkdtempDisposable, rename, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect } from 'node:tls';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Exchange } from '../../../src/registry/http/exchange.ts';
import type { HttpMessage, HttpResponse } from '../../../src/registry/http/http-message.ts';
import { listen } from '../../../src/registry/http/server.ts';
import { readTlsFiles, watchTlsFiles } from '../../../src/registry/http/tls-files.ts';
import { type TestPair, newPair } from '../../support/certificates.ts';
import { connectRaw } from '../../support/raw-connection.ts';
import { sendRequest } from '../../support/wire.ts';

const GET = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

function say({ method }: HttpMessage, response: HttpResponse, body: string): void {
  response.writeHead(200, ['content-length', String(body.length)]);
  response.end(method === 'HEAD' ? '' : body, 'latin1');
}

/** Answers with the protocol the client used. */
const answer: Exchange = async (message, response) =>
  say(message, response, 'encrypted' in message.socket ? 'https' : 'http');

let pair: TestPair;
let another: TestPair;
beforeAll(async () => void ([pair, another] = await Promise.all([newPair(), newPair()])));

const start = (exchange = answer, options: { tls?: TestPair; grace?: number } = {}) =>
  listen(exchange, { host: '127.0.0.1', port: 0, tls: options.tls, grace: () => options.grace ?? 1_000 });

async function getOverTls(port: number, { ca }: Pick<TestPair, 'ca'>): Promise<string> {
  const client = request({ host: '127.0.0.1', port, ca, agent: false }).end();
  const [reply] = (await once(client, 'response')) as [NodeJS.ReadableStream];
  return text(reply);
}

/** The fingerprint of the certificate the server shows. */
async function shownBy(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate()?.fingerprint256 ?? '';
  } finally {
    socket.destroy();
  }
}

describe('one port', () => {
  it('answers TLS and plain HTTP, told apart by the first byte', async () => {
    await using server = await start(answer, { tls: pair });
    const both = () =>
      Promise.all([getOverTls(server.port, pair), sendRequest(server.port, { method: 'GET', path: '/' })]);
    for (let round = 0; round < 3; round++) {
      const [secure, plain] = await both();
      expect([secure, plain.text]).toEqual(['https', 'http']);
    }
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('takes %s for plain HTTP', async (method) => {
    await using server = await start(answer, { tls: pair });
    expect((await sendRequest(server.port, { method, path: '/' })).status).toBe(200);
  });

  it('reads a request that comes byte by byte', async () => {
    await using server = await start(answer, { tls: pair });
    using connection = await connectRaw(server.port);
    for (const byte of GET) await connection.write(byte);
    expect((await connection.reply()).status).toBe(200);
  });

  it('survives what is neither, and clients that hang up', async () => {
    await using server = await start(answer, { tls: pair });
    for (const bytes of [
      Buffer.from([0x16, 3, 1, 0, 1, 0]),
      Buffer.from([0x16]),
      Buffer.from([0]),
      Buffer.alloc(0),
      Buffer.from('\r\n'),
    ]) {
      using connection = await connectRaw(server.port);
      if (bytes.length > 0) await connection.write(bytes);
      connection.reset();
    }
    await expect(getOverTls(server.port, another)).rejects.toThrow(/certificate/);
    expect(await getOverTls(server.port, pair)).toBe('https');
  });

  it('speaks no TLS older than 1.2, and HTTP/1.1 alone', async () => {
    await using server = await start(answer, { tls: pair });
    await expect(
      shownBy(server.port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow();
    const socket = connect({ host: '127.0.0.1', port: server.port, ca: pair.ca, ALPNProtocols: ['h2', 'http/1.1'] });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.destroy();
  });

  it('without a certificate speaks no TLS', async () => {
    await using server = await start();
    await expect(shownBy(server.port)).rejects.toThrow();
    expect((await sendRequest(server.port, { method: 'GET', path: '/' })).text).toBe('http');
  });

  it('that is taken is an error of the system', async () => {
    await using server = await start();
    const { port } = server;
    await expect(listen(answer, { host: '127.0.0.1', port, tls: undefined, grace: () => 0 })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});

describe('a certificate', () => {
  it('can be replaced, for connections from then on', async () => {
    await using server = await start(answer, { tls: pair });
    const socket = connect({ host: '127.0.0.1', port: server.port, ca: pair.ca });
    await once(socket, 'secureConnect');
    server.replaceTls(another);
    expect(await shownBy(server.port)).toBe(another.fingerprint);
    socket.write(GET);
    expect(String((await once(socket, 'data'))[0])).toContain('200 OK');
    socket.destroy();
  });

  it('stays when the new one and its key do not fit together', async () => {
    await using server = await start(answer, { tls: pair });
    expect(() => server.replaceTls({ cert: another.cert, key: pair.key })).toThrow();
    expect(() => server.replaceTls({ cert: 'none', key: 'none' })).toThrow();
    expect(await shownBy(server.port)).toBe(pair.fingerprint);
  });

  it('in files is read again when they change, in whatever order and way', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-tls-'));
    const files = { cert: join(folder.path, 'tls.crt'), key: join(folder.path, 'tls.key') };
    const write = async ({ cert, key }: TestPair) => {
      await writeFile(`${files.key}.new`, key);
      await rename(`${files.key}.new`, files.key);
      await writeFile(files.cert, cert);
    };
    await write(pair);
    expect(await readTlsFiles(files)).toEqual({ cert: pair.cert, key: pair.key });
    const used: string[] = [];
    const problems: unknown[] = [];
    const use = ({ cert, key }: { cert: string; key: string }) => {
      if (cert === 'broken') throw new Error('broken');
      used.push(cert + key);
    };
    using _watch = watchTlsFiles(files, use, (error) => problems.push(error));
    await write(another);
    await vi.waitFor(() => expect(used).toEqual([another.cert + another.key]), { timeout: 5_000, interval: 10 });
    await writeFile(files.cert, 'broken');
    await vi.waitFor(() => expect(problems).toHaveLength(1), { timeout: 5_000, interval: 10 });
    await write(pair);
    await vi.waitFor(() => expect(used.at(-1)).toBe(pair.cert + pair.key), { timeout: 5_000, interval: 10 });
  });
});

describe('the end', () => {
  it('lets a request finish, and takes no more', async () => {
    const release = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const server = await start(async (message, response) => {
      entered.resolve();
      await release.promise;
      say(message, response, 'done');
    });
    const reply = sendRequest(server.port, { method: 'GET', path: '/' });
    await entered.promise;
    const closed = server[Symbol.asyncDispose]();
    await expect(connectRaw(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    release.resolve();
    expect((await reply).text).toBe('done');
    await closed;
  });

  it('waits for the first request of a client that has connected', async () => {
    const server = await start();
    using connection = await connectRaw(server.port);
    // Until another one is answered, this one may not have been accepted yet.
    await sendRequest(server.port, { method: 'GET', path: '/' });
    const closed = server[Symbol.asyncDispose]();
    await connection.write(GET);
    expect((await connection.reply()).text).toBe('http');
    await closed;
  });

  it('does not wait for idle connections', async () => {
    const server = await start(answer, { grace: 60_000 });
    using connection = await connectRaw(server.port);
    await connection.write(GET);
    await connection.reply();
    await server[Symbol.asyncDispose]();
    await connection.closed;
  });

  it('cuts off what takes longer than its grace', async () => {
    const server = await start(async () => {}, { grace: 50 });
    using connection = await connectRaw(server.port);
    await connection.write(GET);
    await server[Symbol.asyncDispose]();
    await connection.closed;
  });

  it.each([
    ['nothing yet', ''],
    ['half of a TLS greeting', '\x16\x03\x01'],
    ['half of a request', 'GET / HTTP/1.1\r\n'],
  ])(
    'does not wait for a client that has said %s',
    async (_, bytes) => {
      const server = await start(answer, { tls: pair, grace: 100 });
      using connection = await connectRaw(server.port);
      if (bytes !== '') await connection.write(bytes);
      // By the time this is answered, the connection before was accepted.
      await sendRequest(server.port, { method: 'GET', path: '/' });
      await server[Symbol.asyncDispose]();
      await connection.closed;
    },
    5_000,
  );
});
