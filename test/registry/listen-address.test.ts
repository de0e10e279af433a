/** Addresses to listen on, as people write them. */
import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseListenAddress } from '../../src/registry/listen-address.ts';

describe('parseListenAddress', () => {
  it.each([
    [':5000', { host: '0.0.0.0', port: 5000 }],
    ['localhost:5001', { host: 'localhost', port: 5001 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['registry.example', { host: 'registry.example', port: 7 }],
    ['[::1]:5000', { host: '::1', port: 5000 }],
    ['[::]', { host: '::', port: 7 }],
    ['[::ffff:127.0.0.1]:1', { host: '::ffff:127.0.0.1', port: 1 }],
    ['host:65535', { host: 'host', port: 65_535 }],
    ['', undefined],
    ['5000', undefined],
    [':', undefined],
    ['host:', undefined],
    ['host:65536', undefined],
    ['host:123456', undefined],
    ['host:-1', undefined],
    ['host:x', undefined],
    ['::1', undefined],
    ['[::1', undefined],
    ['[127.0.0.1]:1', undefined],
    ['[]:1', undefined],
    ['a b:1', undefined],
    ['http://host:1', undefined],
    ['host:1/', undefined],
    ['host:1\n', undefined],
  ])('reads %j', (text, address) => {
    expect(parseListenAddress(text, 7)).toEqual(address);
  });

  it('reads what is printed', () => {
    const host = fc.oneof(fc.ipV6(), fc.ipV4(), fc.domain());
    fc.assert(
      fc.property(host, fc.nat(65_535), (name, port) => {
        const printed = `${isIPv6(name) ? `[${name}]` : name}:${port}`;
        expect(parseListenAddress(printed, 7)).toEqual({ host: name, port });
      }),
    );
  });

  it('never throws, and never gives a port there is not', () => {
    const unit = fc.constantFrom('[', ']', ':', '1', 'f', '.', 'a', '-');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit })), (text) => {
        const address = parseListenAddress(text, 5000);
        if (address === undefined) return;
        expect(address.host).not.toBe('');
        expect(Number.isInteger(address.port) && address.port >= 0 && address.port <= 65_535).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
