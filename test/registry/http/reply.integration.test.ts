/** Sending replies: whatever the client does, the body is closed once and the bytes are counted. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Reply, jsonReply, sendReply } from '../../../src/registry/http/reply.ts';
import { connectRaw } from '../../support/raw-connection.ts';
import { sendRequest, valuesOf } from '../../support/wire.ts';

/** A server that answers every request with a reply; `sent` resolves with what `sendReply` said of the first one. */
async function answering(reply: Reply) {
  const sent = Promise.withResolvers<number>();
  const server = createServer((message, response) => {
    Promise.try(sendReply, response, reply, message.method === 'HEAD').then(sent.resolve, sent.reject);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sent: sent.promise,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A body of many chunks, which counts how often it was opened and closed. */
function streamed(chunks: number, size: number, fail?: Error) {
  const counts = { opened: 0, closed: 0 };
  const reply: Reply = {
    status: 200,
    headers: { 'content-type': 'x/y' },
    body: {
      length: chunks * size,
      async *chunks() {
        counts.opened++;
        for (let at = 0; at < chunks; at++) {
          if (fail !== undefined && at === 1) throw fail;
          yield Buffer.alloc(size, at);
        }
      },
      close: async () => void counts.closed++,
    },
  };
  return { reply, counts };
}

describe('a reply', () => {
  it('has its headers, the version of the API, and a length', async () => {
    await using server = await answering(jsonReply(201, { ü: 1 }, { link: ['<a>', '<b>'], 'x-one': '1' }));
    const reply = await sendRequest(server.port, { method: 'GET', path: '/' });
    expect([reply.status, reply.text, await server.sent]).toEqual([201, '{"ü":1}\n', 9]);
    expect(valuesOf(reply, 'link')).toEqual(['<a>', '<b>']);
    expect(reply.headers).toMatchObject({
      'content-length': '9',
      'x-one': '1',
      'docker-distribution-api-version': 'registry/2.0',
      'content-type': 'application/json',
    });
  });

  it('to HEAD tells the length and sends nothing', async () => {
    const { reply, counts } = streamed(3, 1000);
    await using server = await answering(reply);
    const head = await sendRequest(server.port, { method: 'HEAD', path: '/' });
    expect([head.headers['content-length'], head.body.length, await server.sent, counts]).toEqual([
      '3000',
      0,
      0,
      { opened: 0, closed: 1 },
    ]);
  });

  it.each([0, 1, 256, 12_288, 12_289, 100_000])('of %d bytes has each of them', async (size) => {
    const body = Uint8Array.from({ length: size }, (_, at) => at % 256);
    await using server = await answering({ status: 200, headers: {}, body });
    const reply = await sendRequest(server.port, { method: 'GET', path: '/' });
    expect([reply.body.equals(body), reply.headers['content-length'], await server.sent]).toEqual([
      true,
      String(size),
      size,
    ]);
  });

  it.each([204, 304])('of %d has no length', async (status) => {
    await using server = await answering({ status, headers: {} });
    const reply = await sendRequest(server.port, { method: 'GET', path: '/' });
    expect([reply.status, reply.headers['content-length']]).toEqual([status, undefined]);
  });

  it('is streamed whole', async () => {
    const { reply, counts } = streamed(20, 100_000);
    await using server = await answering(reply);
    const { body } = await sendRequest(server.port, { method: 'GET', path: '/' });
    expect([body.length, body[1_999_999], await server.sent, counts]).toEqual([
      2_000_000,
      19,
      2_000_000,
      { opened: 1, closed: 1 },
    ]);
  });

  it('ends when the client is gone, and its body is closed', async () => {
    const { reply, counts } = streamed(1_000, 1_000_000);
    await using server = await answering(reply);
    using connection = await connectRaw(server.port);
    await connection.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    connection.reset();
    expect(await server.sent).toBeLessThan(1_000_000_000);
    expect(counts.closed).toBe(1);
  });

  it('whose body fails is broken off, never completed with less', async () => {
    const { reply, counts } = streamed(3, 1000, new Error('the disk broke'));
    await using server = await answering(reply);
    using connection = await connectRaw(server.port);
    await connection.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await expect(server.sent).rejects.toThrow('the disk broke');
    expect(counts.closed).toBe(1);
  });
});
