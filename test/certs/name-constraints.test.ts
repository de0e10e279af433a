/** The name constraints extension, byte for byte and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE } from '../../src/certs/ca-scope.ts';
import { decodeNameConstraints, encodeNameConstraints } from '../../src/certs/name-constraints.ts';

const domains = fc.array(fc.domain());
const network4 = fc.integer({ min: 1, max: 32 }).map((prefix) => `0.0.0.0/${prefix}`);
const network6 = fc.integer({ min: 1, max: 128 }).map((prefix) => `::/${prefix}`);

describe('name constraints', () => {
  it('are a sequence of permitted subtrees, in DER', () => {
    const der = encodeNameConstraints({ domains: ['svc'], networks: ['172.16.0.0/12'] });
    // A subtree each: its length, then the name with its own.
    const dns = '30058203737663';
    const ip = '300a8708ac100000fff00000';
    expect(Buffer.from(der, 'latin1').toString('hex')).toBe(`3015a013${dns}${ip}`);
  });

  it('cut an address to its network', () => {
    const der = encodeNameConstraints({ domains: [], networks: ['10.9.8.7/12'] });
    expect(decodeNameConstraints(der).networks).toEqual(['10.0.0.0/12']);
  });

  it('read back as they were', () => {
    expect(decodeNameConstraints(encodeNameConstraints(DEFAULT_SCOPE))).toMatchObject({
      domains: DEFAULT_SCOPE.domains,
    });
    fc.assert(
      fc.property(domains, fc.array(fc.oneof(network4, network6)), (names, networks) => {
        const scope = decodeNameConstraints(encodeNameConstraints({ domains: names, networks }));
        expect(scope.domains).toEqual(names);
        expect(scope.networks.map((network) => network.split('/')[1])).toEqual(
          networks.map((network) => network.split('/')[1]),
        );
      }),
    );
  });

  it('are refused when they are not DER', () => {
    expect(() => decodeNameConstraints('\x30\x7f\x00')).toThrow();
  });
});
