/** Chooses the registry's address among those of services, in the part that Kubernetes gives nobody unasked. */
import { isIPv4, isIPv6 } from 'node:net';
import type { KindConfig } from '../config/kind-config.ts';
import { DevregError } from '../errors.ts';

/** What kind takes when the configuration says nothing (kind, pkg/internal/apis/config/default.go). */
const KIND_DEFAULTS: Readonly<Record<string, string>> = {
  ipv4: '10.96.0.0/16',
  ipv6: 'fd00:10:96::/112',
  dual: '10.96.0.0/16,fd00:10:96::/112',
};

/** The range of the services of a cluster that is made by a configuration. */
export function serviceSubnetOf(config: Pick<KindConfig, 'networking'>): string {
  const { serviceSubnet, ipFamily = 'ipv4' } = config.networking ?? {};
  return serviceSubnet || (KIND_DEFAULTS[ipFamily] ?? '10.96.0.0/16');
}

/** Where it stands when the band is as large as that. */
const OFFSET = 50n;

/** kubeadm gives the cluster's DNS the tenth address. */
const DNS_OFFSET = 10n;

/**
 * The registry's fixed address: near the end of the static band, which holds the first `min(max(16, size/16), 256)`
 * addresses of the range (KEP-3070), at the fiftieth where there are so many.
 * @param serviceSubnet in CIDR notation; of a list, the first counts, for that is a Service's own family
 * @throws DevregError KIND_CONFIG_INVALID when it is no range, or too small for one
 */
export function registryAddress(serviceSubnet: string): string {
  const [first = ''] = serviceSubnet.split(',');
  const { base, bits, prefix } = parseRange(first.trim());
  const size = 1n << BigInt(bits - prefix);
  const offset = offsetIn(size);
  if (offset <= DNS_OFFSET) throw invalid(first, 'has no room for the registry: it needs 16 addresses or more');
  return formatAddress((base / size) * size + offset, bits);
}

/** A range of 16 has no static band, yet all its addresses are free when the registry's Service is made. */
function offsetIn(size: bigint): bigint {
  if (size <= 16n) return size - 3n;
  const band = largest(16n, smallest(size / 16n, 256n));
  return smallest(OFFSET, band - 1n);
}

function parseRange(text: string): { base: bigint; bits: number; prefix: number } {
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const bits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : 0;
  const prefix = Number(length);
  if (bits === 0 || prefix > bits) throw invalid(text, 'is no range in CIDR notation, such as 10.96.0.0/16');
  return { base: parseAddress(address, bits), bits, prefix };
}

function parseAddress(address: string, bits: number): bigint {
  if (bits === 32) return joinGroups(address.split('.').map(Number), 8n);
  // A URL writes the last 32 bits in hexadecimal too.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = canonical.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const left = head.map((group) => Number.parseInt(group, 16));
  const right = tail.map((group) => Number.parseInt(group, 16));
  return joinGroups([...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right], 16n);
}

function joinGroups(groups: readonly number[], width: bigint): bigint {
  return groups.reduce((sum, group) => (sum << width) + BigInt(group), 0n);
}

function formatAddress(value: bigint, bits: number): string {
  const width = bits === 32 ? 8n : 16n;
  const mask = (1n << width) - 1n;
  const groups = Array.from(
    { length: bits / Number(width) },
    (_, index) => (value >> (BigInt(index) * width)) & mask,
  ).toReversed();
  if (bits === 32) return groups.join('.');
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

function smallest(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function largest(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

function invalid(range: string, what: string): DevregError {
  return new DevregError('usage', 'KIND_CONFIG_INVALID', `The service range ${JSON.stringify(range)} ${what}.`, {
    hint: 'Change networking.serviceSubnet in the kind configuration.',
  });
}
