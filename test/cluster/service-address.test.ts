/** The registry's address: always where Kubernetes gives nothing away by itself. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registryAddress, serviceSubnetOf } from '../../src/cluster/service-address.ts';

/** The last address of the static band, by Kubernetes' own rule (pkg/registry/core/service/ipallocator, calculateRangeOffset). */
function bandOf(prefix: number, bits: number): number {
  const size = 2 ** (bits - prefix);
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 16)), 256);
}

/** How far an IPv4 address is from the start of its range. */
function offsetOf(address: string, prefix: number): number {
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return value % 2 ** (32 - prefix);
}

const ipv4Range = fc.tuple(fc.ipV4(), fc.integer({ min: 8, max: 28 }));
const ipv6Range = fc.tuple(fc.ipV6(), fc.integer({ min: 64, max: 124 }));

describe('registryAddress', () => {
  it('is the fiftieth of the usual range', () => {
    expect(registryAddress('10.96.0.0/16')).toBe('10.96.0.50');
    expect(registryAddress('10.43.7.9/16')).toBe('10.43.0.50');
    expect(registryAddress('fd00:10:96::/112')).toBe('fd00:10:96::32');
  });

  it('comes nearer when the static band is smaller', () => {
    expect(registryAddress('192.168.4.0/23')).toBe('192.168.4.31');
    expect(registryAddress('192.168.4.0/24')).toBe('192.168.4.15');
    expect(registryAddress('192.168.4.128/27')).toBe('192.168.4.143');
    expect(registryAddress('192.168.4.16/28')).toBe('192.168.4.29');
  });

  it('takes the first of two families', () => {
    expect(registryAddress('10.96.0.0/16,fd00:10:96::/112')).toBe('10.96.0.50');
    expect(registryAddress('fd00:10:96::/112, 10.96.0.0/16')).toBe('fd00:10:96::32');
  });

  it('is in the range and in its static band, and never the API, the DNS or an end', () => {
    fc.assert(
      fc.property(ipv4Range, ([base, prefix]) => {
        const address = registryAddress(`${base}/${prefix}`);
        const range = new BlockList();
        range.addSubnet(base, prefix);
        expect(isIPv4(address) && range.check(address)).toBe(true);
        const offset = offsetOf(address, prefix);
        expect([0, 1, 10, 2 ** (32 - prefix) - 1]).not.toContain(offset);
        if (prefix < 28) expect(offset).toBeLessThanOrEqual(bandOf(prefix, 32));
      }),
    );
  });

  it('is in the range for IPv6 too', () => {
    fc.assert(
      fc.property(ipv6Range, ([base, prefix]) => {
        const address = registryAddress(`${base}/${prefix}`);
        const range = new BlockList();
        range.addSubnet(base, prefix, 'ipv6');
        expect(isIPv6(address) && range.check(address, 'ipv6')).toBe(true);
      }),
    );
  });

  it.each([
    '',
    'nonsense',
    '10.96.0.0',
    '10.96.0.0/33',
    '10.96.0/16',
    'fd00::/129',
    'fe80::1%eth0/64',
    '10.96.0.0/16x',
  ])('refuses %j', (range) => {
    expect(() => registryAddress(range)).toThrow(expect.objectContaining({ code: 'KIND_CONFIG_INVALID' }));
  });

  it.each(['10.96.0.0/29', '10.96.0.1/32', 'fd00::/125'])('refuses %s for its size', (range) => {
    expect(() => registryAddress(range)).toThrow('has no room');
  });
});

describe('serviceSubnetOf', () => {
  it('is what the configuration says, else what kind takes', () => {
    expect(serviceSubnetOf({ networking: { serviceSubnet: '10.0.0.0/20' } })).toBe('10.0.0.0/20');
    expect(serviceSubnetOf({})).toBe('10.96.0.0/16');
    expect(serviceSubnetOf({ networking: { ipFamily: 'ipv6' } })).toBe('fd00:10:96::/112');
    expect(serviceSubnetOf({ networking: { ipFamily: 'dual', serviceSubnet: '' } })).toBe(
      '10.96.0.0/16,fd00:10:96::/112',
    );
  });
});
