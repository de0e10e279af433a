/** Whom clients trust, and when they do without TLS. */
import { once } from 'node:events';
import { createServer as createPlain } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RegistryOptions, openRegistry } from '../../../src/client/registry/registry-client.ts';
import { blob, descriptorOf } from '../../support/images.ts';
import { type TestPair, newPair } from '../../support/certificates.ts';

const never = new AbortController().signal;
let pair: TestPair;

beforeAll(async () => {
  pair = await newPair();
});

/** A registry with TLS, and how it was spoken to. */
async function startTls(options: ServerOptions = {}) {
  /** The fingerprints of what each request was shown with. */
  const seen: (string | undefined)[] = [];
  const server = createServer({ cert: pair.cert, key: pair.key, ...options }, (request, response) => {
    seen.push((request.socket as TLSSocket).getPeerCertificate().fingerprint256);
    if (request.url?.includes('blobs') === true) response.writeHead(307, { location: 'http://127.0.0.1:1/x' });
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function ping(
  host: string,
  options: Partial<RegistryOptions>,
  work?: (client: ReturnType<typeof openRegistry>) => Promise<unknown>,
) {
  await using client = openRegistry({
    host,
    tls: 'verify',
    credentials: async () => undefined,
    retries: { times: 0 },
    ...options,
  });
  await (work === undefined ? client.ping(never) : work(client));
}

describe('a registry with a certificate of its own', () => {
  it('is not trusted', async () => {
    await using server = await startTls();
    await expect(ping(`127.0.0.1:${server.port}`, {})).rejects.toMatchObject({ code: 'REGISTRY_UNTRUSTED' });
    expect(server.seen).toEqual([]);
  });

  it('is trusted with its authority, or when nothing is checked', async () => {
    await using server = await startTls();
    await ping(`127.0.0.1:${server.port}`, { authorities: [pair.ca] });
    await ping(`127.0.0.1:${server.port}`, { authorities: [pair.ca], tls: 'always' });
    await ping(`127.0.0.1:${server.port}`, { tls: 'skip' });
    expect(server.seen.length).toBeGreaterThanOrEqual(6);
    const unknown = ping(`127.0.0.1:${server.port}`, { tls: 'always' });
    await expect(unknown).rejects.toMatchObject({ code: 'REGISTRY_UNTRUSTED' });
  });

  it('must have the name it is called by', async () => {
    await using server = await startTls();
    const wrong = ping(`other.example:${server.port}`, { authorities: [pair.ca], connectTo: '127.0.0.1' });
    await expect(wrong).rejects.toMatchObject({ code: 'REGISTRY_UNTRUSTED' });
    await ping(`localhost:${server.port}`, { authorities: [pair.ca], connectTo: '127.0.0.1' });
  });

  it('is shown a certificate when it asks for one', async () => {
    await using server = await startTls({ requestCert: true, rejectUnauthorized: false, ca: pair.ca });
    const clientCertificate = { cert: pair.cert, key: pair.key };
    await ping(`127.0.0.1:${server.port}`, { authorities: [pair.ca], clientCertificate });
    await ping(`127.0.0.1:${server.port}`, { authorities: [pair.ca] });
    expect(new Set(server.seen)).toEqual(new Set([pair.fingerprint, undefined]));
  });

  it('does not lead its clients out of TLS', async () => {
    await using server = await startTls();
    const read = ping(`127.0.0.1:${server.port}`, { authorities: [pair.ca] }, (client) =>
      client.openBlob('a', descriptorOf(blob('x')), never),
    );
    await expect(read).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' });
  });
});

describe('a registry without TLS', () => {
  it.each([
    ['127.0.0.1', 'verify', undefined],
    ['127.0.0.1', 'always', 'REGISTRY_UNREACHABLE'],
    ['127.0.0.1', 'skip', undefined],
    ['registry.example', 'skip', undefined],
    ['registry.example', 'plain', undefined],
    ['registry.example', 'verify', 'REGISTRY_UNREACHABLE'],
  ] as const)('at %s with %s: %s', async (name, tls, code) => {
    await using server = createPlain((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const asked = ping(`${name}:${(server.address() as AddressInfo).port}`, { tls, connectTo: '127.0.0.1' });
    await (code === undefined ? asked : expect(asked).rejects.toMatchObject({ code }));
  });
});
