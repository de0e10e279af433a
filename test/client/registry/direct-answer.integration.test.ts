/** Long answers on connections of their own: every byte of them, however they come, and however slowly they are taken. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { askDirectly } from '../../../src/client/registry/direct-answer.ts';
import { openRegistry } from '../../../src/client/registry/registry-client.ts';
import { type Content, blob, descriptorOf } from '../../support/images.ts';
import { startStub } from './support/stub-registry.ts';

const never = new AbortController().signal;

/** A server that says what it is told to; what it is asked is not looked at. */
async function serve(talk: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => talk(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/long`);
  return {
    ask: (more: { readonly headers?: Record<string, string>; readonly silence?: number } = {}) =>
      askDirectly({ url, headers: {}, host: '127.0.0.1', port, silence: 60_000, ...more }, never),
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

/** Each byte in a packet of its own, as far as that can be had. */
async function dribble(socket: Socket, text: string): Promise<void> {
  socket.setNoDelay(true);
  for (const byte of text) await new Promise((resolve) => socket.write(byte, resolve));
}

describe('a head', () => {
  it('may come byte by byte, and the body with its end', async () => {
    await using server = await serve(
      (socket) => void dribble(socket, 'HTTP/1.1 206 Part\r\nContent-Length: 3\r\n\r\nabcd'),
    );
    const answer = await server.ask();
    expect(answer?.statusCode).toBe(206);
    expect((await buffer(answer as Readable)).toString()).toBe('abc');
    expect(answer?.complete).toBe(true);
  });

  it.each([
    ['has no end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}`],
    ['is followed by chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['is none', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ])('that %s is left to others', async (_, text) => {
    await using server = await serve((socket) => socket.write(text));
    expect(await server.ask()).toBeUndefined();
  });

  it('that never comes is not waited for', async () => {
    await using silent = await serve(() => {});
    await expect(silent.ask({ silence: 50 })).rejects.toMatchObject({ code: 'REGISTRY_TIMEOUT' });
    await using rude = await serve((socket) => socket.end());
    await expect(rude.ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('is not asked for with what would be lines of its own', async () => {
    await using server = await serve((socket) => socket.end());
    await expect(server.ask({ headers: { range: 'bytes=0-\r\nx: y' } })).rejects.toThrow(/Invalid character/);
  });
});

it('is only waited for while its reader wants more', async () => {
  const body = randomBytes(20_000_000);
  await using server = await serve((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`);
    socket.write(body);
  });
  const silence = 150;
  const answer = await server.ask({ silence });
  // Nobody reads: several silences pass.
  await new Promise((resolve) => setTimeout(resolve, 3 * silence));
  expect((await buffer(answer as Readable)).equals(body)).toBe(true);
});

it('brings every byte of several blobs that are held while they come', async () => {
  const blobs = [3_000_000, 1_700_000, 65_536, 100].map((size) => blob(randomBytes(size)));
  await using stub = await startStub(({ path }) => ({
    body: blobs.find(({ digest }) => path.endsWith(digest))?.bytes ?? '',
  }));
  const client = stub.client();
  const read = async (content: Content) => {
    const stream: Readable = await client.openBlob('a', descriptorOf(content), never);
    const pieces = (await stream.toArray()) as Buffer[];
    expect(Buffer.concat(pieces).equals(content.bytes)).toBe(true);
  };
  for (const round of [blobs, blobs.toReversed()]) await Promise.all(round.map(read));
  const long = stub.requests.filter(({ headers }) => headers.connection === 'close');
  expect(long).toHaveLength(4);
});

it('brings every byte on to a registry that takes them slowly', async () => {
  const blobs = Array.from({ length: 4 }, () => blob(randomBytes(12_000_000)));
  await using source = await startStub(({ path }) => ({
    body: blobs.find(({ digest }) => path.endsWith(digest))?.bytes ?? '',
  }));
  await using target = await startSlowTarget(blobs.length);
  const [from, to] = [source.client(), target.client];
  await Promise.all(
    blobs.map((content) => {
      const descriptor = descriptorOf(content);
      return to.uploadBlob('a', descriptor, (offset) => from.openBlob('a', descriptor, never, offset), never);
    }),
  );
  expect(target.digests.toSorted()).toEqual(blobs.map(({ digest }) => digest).toSorted());
});

/** Reads no body before all uploads have begun; what is on its way by then fills every buffer there is. */
async function startSlowTarget(uploads: number) {
  const digests: string[] = [];
  const waiting: (() => void)[] = [];
  const take = async (message: IncomingMessage, response: ServerResponse) => {
    if (message.method === 'POST') return void response.writeHead(202, { location: `/v2/a/blobs/uploads/x` }).end();
    if (message.method !== 'PUT') return void response.writeHead(message.url === '/v2/' ? 200 : 404).end();
    const all = new Promise<void>((resolve) => waiting.push(resolve));
    if (waiting.length === uploads) for (const begin of waiting) begin();
    await all;
    const hash = createHash('sha256');
    for await (const piece of message) {
      hash.update(piece as Buffer);
      // Others have their turn after each piece.
      await new Promise(setImmediate);
    }
    digests.push(`sha256:${hash.digest('hex')}`);
    response.writeHead(201).end();
  };
  const server = createHttpServer((message, response) => void take(message, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = openRegistry({ host, tls: 'plain', credentials: async () => undefined });
  return {
    client,
    digests,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      server.close();
    },
  };
}
