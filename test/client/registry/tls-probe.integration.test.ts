/** What different servers answer to a hello of TLS. */
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, type Server, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { answersWithoutTls } from '../../../src/client/registry/tls-probe.ts';
import { newPair } from '../../support/certificates.ts';

const never = new AbortController().signal;

async function probe(server: Server, signal = never): Promise<boolean> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await answersWithoutTls('127.0.0.1', (server.address() as AddressInfo).port, signal);
  } finally {
    server.close();
  }
}

describe('a hello of TLS', () => {
  it('is answered by a server of HTTP without TLS', async () => {
    expect(await probe(createHttp())).toBe(true);
  });

  it('is answered by a server that reads line by line', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (bytes) => bytes.includes('\n') && socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    expect(await probe(server)).toBe(true);
  });

  it('is understood by a server with TLS, of any version', async () => {
    const { cert, key } = await newPair();
    expect(await probe(createHttps({ cert, key }))).toBe(false);
    expect(await probe(createHttps({ cert, key, minVersion: 'TLSv1.3' }))).toBe(false);
  });

  it('begins a handshake that TLS 1.2 goes on with', async () => {
    const { cert, key } = await newPair();
    const server = createHttps({ cert, key, maxVersion: 'TLSv1.2' });
    const failures: unknown[] = [];
    server.on('tlsClientError', (error) => failures.push(error));
    expect(await probe(server)).toBe(false);
    expect(failures.map(String).join()).not.toMatch(/SSL routines/);
  });

  it('leaves it open when the connection ends, or nobody is there', async () => {
    expect(await probe(createServer((socket) => socket.destroy()))).toBe(false);
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    await once(gone.close(), 'close');
    expect(await answersWithoutTls('127.0.0.1', port, never)).toBe(false);
  });

  it('leaves it open when it is to stop', async () => {
    const controller = new AbortController();
    const server = createServer(() => controller.abort());
    expect(await probe(server, controller.signal)).toBe(false);
  });
});
