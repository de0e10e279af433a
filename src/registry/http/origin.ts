/** The address under which the client sees the server, through proxies it is configured to believe. */
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { HttpMessage } from './http-message.ts';
import type { Origin } from './request.ts';

/** Loopback, and the range kind gives to pods, where the ingress runs. */
export const DEFAULT_TRUSTED_PROXIES: readonly string[] = [
  '127.0.0.0/8',
  '::1/128',
  '10.244.0.0/16',
  'fd00:10:244::/56',
];

/** A host with an optional port, and nothing that could end a header's quoted string. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Tells the origin of a request. */
export type OriginReader = (message: Pick<HttpMessage, 'headers' | 'socket'>) => Origin;

/**
 * Makes a reader of origins.
 * @param trustedProxies networks in CIDR notation whose `X-Forwarded-*` headers are believed
 * @throws RangeError when one of them is not a network
 */
export function createOriginReader(trustedProxies: readonly string[]): OriginReader {
  const trusted = new BlockList();
  for (const network of trustedProxies) addNetwork(trusted, network);
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (message) => {
    const { headers, socket } = message;
    const peer = withoutMapping(socket.remoteAddress ?? '');
    const own: Origin = {
      scheme: socket.encrypted === true ? 'https' : 'http',
      host: validHost(headers.host) ?? `${bracketed(socket.localAddress ?? 'localhost')}:${socket.localPort ?? 0}`,
      client: peer,
    };
    if (!hasForwarding(headers) || !isTrusted(peer)) return own;
    const forwarded = readForwarding(headers);
    return {
      scheme: forwarded.proto ?? own.scheme,
      host: forwarded.host ?? own.host,
      client: farthestUntrusted(forwarded.chain, isTrusted) ?? own.client,
    };
  };
}

const NETWORK = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i;

/** The family is told by the colon: `isIP` first compiles an expression that takes longer than all the rest. */
function addNetwork(list: BlockList, network: string): void {
  const [, address = '', bits] = NETWORK.exec(network) ?? [];
  const isIPv6 = address.includes(':');
  const prefix = bits === undefined ? (isIPv6 ? 128 : 32) : Number(bits);
  try {
    list.addSubnet(address, prefix, isIPv6 ? 'ipv6' : 'ipv4');
  } catch (cause) {
    throw new RangeError(`${network} is not a network such as 10.0.0.0/8`, { cause });
  }
}

function hasForwarding(headers: IncomingHttpHeaders): boolean {
  return (
    'x-forwarded-host' in headers ||
    'x-forwarded-proto' in headers ||
    'x-forwarded-for' in headers ||
    'forwarded' in headers
  );
}

interface Forwarding {
  readonly proto: 'http' | 'https' | undefined;
  readonly host: string | undefined;
  /** Addresses, the client's first. */
  readonly chain: readonly string[];
}

/** `X-Forwarded-*` where present, else RFC 7239's `Forwarded`; of lists the first entry, which the outermost proxy made. */
function readForwarding(headers: IncomingHttpHeaders): Forwarding {
  const standard = parseForwarded(single(headers['forwarded']));
  const proto = (firstOf(headers['x-forwarded-proto']) ?? standard.get('proto')?.[0])?.toLowerCase();
  const host = firstOf(headers['x-forwarded-host']) ?? standard.get('host')?.[0];
  const chain =
    headers['x-forwarded-for'] === undefined ? (standard.get('for') ?? []) : listOf(headers['x-forwarded-for']);
  return {
    proto: proto === 'https' || proto === 'http' ? proto : undefined,
    host: validHost(host),
    chain: chain.map(addressOf),
  };
}

/** A parameter; looked for at the beginning of words only, or long words would cost their length squared. */
const FORWARDED_PARAMETER = /(?<![a-z])([a-z]+)=(?:"([^"]*)"|([^;,\s]*))/gi;

function parseForwarded(header: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const [, name = '', quoted, plain] of header.matchAll(FORWARDED_PARAMETER)) {
    const key = name.toLowerCase();
    const values = fields.get(key) ?? [];
    values.push(quoted ?? plain ?? '');
    fields.set(key, values);
  }
  return fields;
}

/** Walks from the nearest hop outwards, past every proxy we believe, to the first address we do not. */
function farthestUntrusted(chain: readonly string[], isTrusted: (address: string) => boolean): string | undefined {
  return (
    chain.findLast((address) => isIP(address) !== 0 && !isTrusted(address)) ??
    chain.find((address) => isIP(address) !== 0)
  );
}

function single(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}

function listOf(value: string | string[] | undefined): string[] {
  return single(value)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return listOf(value)[0];
}

/** An entry of a chain may carry brackets and a port. */
function addressOf(entry: string): string {
  const inBrackets = /^\[([0-9a-f:.]+)\]/i.exec(entry)?.[1];
  if (inBrackets !== undefined) return inBrackets;
  return withoutMapping(isIP(entry) === 0 ? entry.replace(/:\d+$/, '') : entry);
}

/** @returns the text when it is a host with an optional port */
export function validHost(host: string | undefined): string | undefined {
  return host !== undefined && HOST.test(host) ? host : undefined;
}

/** An IPv4 address as such, and an IPv6 address without its zone, which means something on one machine only. */
function withoutMapping(address: string): string {
  const plain = address.replace(/%.*$/s, '');
  return plain.startsWith('::ffff:') ? plain.slice('::ffff:'.length) : plain;
}

function bracketed(address: string): string {
  const plain = withoutMapping(address);
  return isIP(plain) === 6 ? `[${plain}]` : plain;
}
