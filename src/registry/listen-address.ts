/** Addresses to listen on, as people write them. */
import { isIPv6 } from 'node:net';
import type { ListenAddress } from './config.ts';

const ADDRESS = /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<host>[a-z0-9.-]*))(?::(?<port>\d{1,5}))?$/i;
const PORT_MAX = 65_535;

/** Where `:PORT` listens: on every address, as other servers understand it. */
const EVERYWHERE = '0.0.0.0';

/**
 * Reads `HOST:PORT`, `[IPv6]:PORT`, `:PORT` or `HOST`.
 * @param defaultPort for a host without one
 * @returns the address, or undefined when the text is not one
 */
export function parseListenAddress(text: string, defaultPort: number): ListenAddress | undefined {
  const groups = ADDRESS.exec(text)?.groups;
  // A port alone would be taken for an address in one number.
  if (groups === undefined || /^\d*$/.test(text)) return undefined;
  const { v6, host, port } = groups;
  if (v6 !== undefined && !isIPv6(v6)) return undefined;
  const number = port === undefined ? defaultPort : Number(port);
  return number > PORT_MAX ? undefined : { host: v6 ?? (host || EVERYWHERE), port: number };
}
