/** Where a registry is, as people write it. Pure. */
import { DevregError } from '../errors.ts';

/**
 * Reads an address: `https://HOST[:PORT]`, or that without the scheme. Plain HTTP is for this machine alone, since a
 * password goes along.
 * @throws DevregError ADDRESS_REFUSED
 */
export function parseRegistryAddress(text: string): URL {
  const address = URL.parse(text.includes('://') ? text : `https://${text}`);
  const isWeb = address?.protocol === 'https:' || address?.protocol === 'http:';
  const isWhole = address?.pathname === '/' && `${address.search}${address.hash}${address.username}` === '';
  if (address === null || !isWeb || !isWhole)
    throw refused(`${JSON.stringify(text)} is not the address of a registry.`, 'Write it as https://HOST:PORT.');
  if (address.protocol === 'http:' && !isLoopback(address.hostname))
    throw refused(`${text} would get the password in the clear.`, 'Use https://; http:// is for this machine alone.');
  return address;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function refused(message: string, hint: string): DevregError {
  return new DevregError('usage', 'ADDRESS_REFUSED', message, { hint });
}
