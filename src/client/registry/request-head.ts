/** The first lines of requests that have no body, in HTTP/1.1. Pure. */
import { http } from '../node-modules.ts';

/**
 * Writes a head, with its empty line.
 * @param headers names are this tool's own
 * @returns characters of one byte each
 * @throws TypeError for values that would not stay on their line
 */
export function writeRequestHead(
  method: 'GET' | 'HEAD',
  url: URL,
  headers: Readonly<Record<string, string | number>>,
): string {
  let lines = '';
  for (const [name, value] of Object.entries<string | number>({ ...headers, host: url.host })) {
    http().validateHeaderValue(name, String(value));
    lines += `${name}: ${value}\r\n`;
  }
  return `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines}\r\n`;
}
