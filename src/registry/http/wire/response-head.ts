/** The first lines of responses. */
import { STATUS_CODES } from '../node-http.ts';
import { KEEP_ALIVE_TIMEOUT_MS } from '../limits.ts';

const KEEP_ALIVE = `connection: keep-alive\r\nkeep-alive: timeout=${KEEP_ALIVE_TIMEOUT_MS / 1_000}\r\n\r\n`;
const CLOSE = 'connection: close\r\n\r\n';

/** What may not stand in a field, or its value would become another field. */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Writes the head of a response.
 * @param fields names and values in turn
 * @throws TypeError when a value has characters that no header has
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-4
 */
export function formatHead(status: number, fields: readonly string[], keepsAlive: boolean): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let at = 0; at < fields.length; at += 2) {
    const value = fields[at + 1] ?? '';
    if (FORBIDDEN.test(value)) throw new TypeError(`The value of the header ${fields[at]} cannot be sent.`);
    head += `${fields[at]}: ${value}\r\n`;
  }
  return `${head}date: ${dateNow()}\r\n${keepsAlive ? KEEP_ALIVE : CLOSE}`;
}

let second = 0;
let date = '';

/** The date changes once a second. */
function dateNow(): string {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    date = new Date(now * 1_000).toUTCString();
  }
  return date;
}
