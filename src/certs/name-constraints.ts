/** The name constraints extension of a CA, which node-forge leaves to its users to write. */
import forge from 'node-forge';
import { splitNetwork, type CaScope } from './ca-scope.ts';

/** @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10 */
export const NAME_CONSTRAINTS_OID = '2.5.29.30';

const { Class, Type, create, fromDer, toDer } = forge.asn1;
type Asn1 = forge.asn1.Asn1;

/** Tags of GeneralName, RFC 5280 §4.2.1.6. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/** Tag of permittedSubtrees. */
const PERMITTED = 0;

/** @returns the extension's value in DER, one character a byte, as node-forge takes it */
export function encodeNameConstraints(scope: CaScope): string {
  const names = [
    ...scope.domains.map((domain) => create(Class.CONTEXT_SPECIFIC, DNS_NAME, false, domain)),
    ...scope.networks.map((network) => create(Class.CONTEXT_SPECIFIC, IP_ADDRESS, false, networkBytes(network))),
  ];
  const subtrees = names.map((name) => create(Class.UNIVERSAL, Type.SEQUENCE, true, [name]));
  const permitted = create(Class.CONTEXT_SPECIFIC, PERMITTED, true, subtrees);
  return toDer(create(Class.UNIVERSAL, Type.SEQUENCE, true, [permitted])).getBytes();
}

/**
 * Reads what `encodeNameConstraints` wrote.
 * @throws when it is not DER
 */
export function decodeNameConstraints(der: string): CaScope {
  const permitted = childrenOf(fromDer(der)).filter((node) => node.type === PERMITTED);
  const names = permitted.flatMap(childrenOf).flatMap((subtree) => childrenOf(subtree).slice(0, 1));
  return {
    domains: valuesOf(names, DNS_NAME),
    networks: valuesOf(names, IP_ADDRESS).map(networkText),
  };
}

/** Address and mask, side by side. */
function networkBytes(network: string): string {
  const [address, prefix] = splitNetwork(network);
  const bytes = Buffer.from(forge.util.bytesFromIP(address), 'latin1');
  const mask = Buffer.from(bytes.map((_, index) => 0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))));
  return Buffer.concat([bytes.map((byte, index) => byte & (mask[index] ?? 0)), mask]).toString('latin1');
}

function networkText(bytes: string): string {
  const half = bytes.length / 2;
  const mask = Buffer.from(bytes.slice(half), 'latin1');
  const prefix = mask.reduce((bits, byte) => bits + byte.toString(2).replaceAll('0', '').length, 0);
  return `${forge.util.bytesToIP(bytes.slice(0, half))}/${prefix}`;
}

function childrenOf(node: Asn1): Asn1[] {
  return typeof node.value === 'string' ? [] : node.value;
}

function valuesOf(names: readonly Asn1[], tag: number): string[] {
  return names.flatMap(({ type, value }) => (type === tag && typeof value === 'string' ? [value] : []));
}
