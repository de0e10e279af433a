/** Origins: what clients and proxies say of the server's address, and whom it believes. */
import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TRUSTED_PROXIES, createOriginReader } from '../../../src/registry/http/origin.ts';

interface Peer {
  readonly remoteAddress?: string;
  readonly encrypted?: boolean;
}

/** As much of a message as the reader looks at. */
function message(
  headers: Record<string, string>,
  { remoteAddress = '127.0.0.1', encrypted = false }: Peer = {},
): IncomingMessage {
  return {
    headers,
    socket: { remoteAddress, encrypted, localAddress: '::ffff:10.0.0.1', localPort: 5000 },
  } as unknown as IncomingMessage;
}

const read = createOriginReader(DEFAULT_TRUSTED_PROXIES);

describe('the origin', () => {
  it.each([
    [
      'what the client wrote',
      { host: 'a.test:5001' },
      {},
      { scheme: 'http', host: 'a.test:5001', client: '127.0.0.1' },
    ],
    ['over TLS', { host: 'a.test' }, { encrypted: true }, { scheme: 'https', host: 'a.test', client: '127.0.0.1' }],
    [
      'the socket where Host is odd',
      { host: 'a b' },
      {},
      { scheme: 'http', host: '10.0.0.1:5000', client: '127.0.0.1' },
    ],
    ['the socket where Host is missing', {}, {}, { scheme: 'http', host: '10.0.0.1:5000', client: '127.0.0.1' }],
    ['IPv6', { host: '[::1]:5000' }, { remoteAddress: '::1' }, { scheme: 'http', host: '[::1]:5000', client: '::1' }],
    [
      'what a trusted proxy says',
      {
        host: 'inner',
        'x-forwarded-host': 'outer:8443',
        'x-forwarded-proto': 'HTTPS',
        'x-forwarded-for': '203.0.113.7',
      },
      { remoteAddress: '10.244.1.2' },
      { scheme: 'https', host: 'outer:8443', client: '203.0.113.7' },
    ],
    [
      'not what a stranger says',
      { host: 'inner', 'x-forwarded-host': 'outer', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' },
      { remoteAddress: '203.0.113.9' },
      { scheme: 'http', host: 'inner', client: '203.0.113.9' },
    ],
    [
      'a mapped address is the address',
      { host: 'inner', 'x-forwarded-for': '::ffff:203.0.113.7' },
      { remoteAddress: '::ffff:127.0.0.1' },
      { scheme: 'http', host: 'inner', client: '203.0.113.7' },
    ],
    [
      'the nearest address that is no proxy of ours: the rest anybody could have written',
      { host: 'inner', 'x-forwarded-for': '198.51.100.1, 203.0.113.7:4711, 10.244.0.9' },
      {},
      { scheme: 'http', host: 'inner', client: '203.0.113.7' },
    ],
    [
      'nonsense is no scheme and no host',
      { host: 'inner', 'x-forwarded-proto': 'ftp', 'x-forwarded-host': 'a/b', 'x-forwarded-for': 'x' },
      {},
      { scheme: 'http', host: 'inner', client: '127.0.0.1' },
    ],
    [
      'the standard header',
      { host: 'inner', forwarded: 'for="[2001:db8::1]:4711";proto=https;host="outer:8443", for=10.244.0.9' },
      {},
      { scheme: 'https', host: 'outer:8443', client: '2001:db8::1' },
    ],
  ])('is %s', (_, headers, peer, origin) => {
    expect(read(message(headers as Record<string, string>, peer))).toEqual(origin);
  });

  it('leaves out the zone of an address', () => {
    expect(read(message({ host: 'a', 'x-forwarded-for': 'fe80::1%eth0' })).client).toBe('fe80::1');
    expect(read(message({ host: 'a' }, { remoteAddress: 'fe80::2%eth0' })).client).toBe('fe80::2');
  });

  it('can always stand between quotes in a header, whatever anybody sends', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('a', '.', ':', '1', '%', '"', ',', ';', '=', '[', ']', '\\', '\r', '\n') }),
    );
    const names = ['host', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-for', 'forwarded'] as const;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), text), (headers) => {
        const { scheme, host, client } = read(message(headers));
        expect(['http', 'https']).toContain(scheme);
        expect(host).toMatch(/^[a-z0-9_.:[\]-]+$/i);
        expect(client).toMatch(/^[0-9a-f:.]+$/i);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('trusted proxies', () => {
  it('are networks, or single addresses', () => {
    const isTrusted = (network: string, remoteAddress: string) =>
      createOriginReader([network])(message({ host: 'a', 'x-forwarded-host': 'b' }, { remoteAddress })).host === 'b';
    expect([isTrusted('10.0.0.0/8', '10.1.2.3'), isTrusted('10.0.0.0/8', '11.1.2.3')]).toEqual([true, false]);
    expect([isTrusted('10.1.2.3', '10.1.2.3'), isTrusted('10.1.2.3', '10.1.2.4')]).toEqual([true, false]);
    expect([isTrusted('2001:db8::/32', '2001:db8::1'), isTrusted('2001:db8::1', '2001:db8::2')]).toEqual([true, false]);
    expect([isTrusted('0.0.0.0/0', '1.2.3.4'), isTrusted('10.0.0.0/8', '')]).toEqual([true, false]);
  });

  it.each([
    '',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    'localhost',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '10.0.0.0/x',
    '/8',
  ])('cannot be %j', (network) => {
    expect(() => createOriginReader([network])).toThrow(RangeError);
  });
});
