/** Heads of requests as every client writes them. What is written in any other way is for Node's own parser to judge. */
import type { IncomingHttpHeaders } from 'node:http';

/** A request without its body. */
export interface RequestHead {
  readonly method: string;
  /** As it was written: a path, perhaps with a query. */
  readonly target: string;
  /** By names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Bytes of body, or that it comes in chunks that say how long they are. */
  readonly body: number | 'chunked';
  /** Whether the client uses the connection again. */
  readonly keepsAlive: boolean;
  /** Whether the client waits to be asked for the body. */
  readonly awaitsInvitation: boolean;
  /** Bytes of the head, the empty line included. */
  readonly length: number;
}

/** Longer heads are rare: bearer tokens with very many scopes. */
const HEAD_MAX_BYTES = 16 * 1024;

const REQUEST_LINE = /(GET|HEAD|POST|PUT|PATCH|DELETE) (\/[\x21-\x7e]*) HTTP\/1\.1\r\n/y;
/** Tabs may stand in values; but whether `chunked` and a tab are chunks, others may see differently. */
const FIELD = /([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\x20-\x7e]*)\r\n/y;
const DIGITS = /^\d{1,15}$/;

/** What changes how the bytes that follow are to be understood, and registries' clients have no use for. */
const UNUSUAL = new Set(['__proto__', 'upgrade', 'trailer', 'http2-settings', 'keep-alive', 'proxy-connection']);

/**
 * Reads the head of a request. It is strict: what it accepts has one meaning only, whoever reads it.
 * @param bytes begin with the head
 * @returns undefined when the head is not complete, or unusual in any way
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
export function readHead(bytes: Buffer): RequestHead | undefined {
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, HEAD_MAX_BYTES));
  const end = text.indexOf('\r\n\r\n') + 2;
  if (end === 1) return undefined;
  REQUEST_LINE.lastIndex = 0;
  const line = REQUEST_LINE.exec(text);
  if (line === null) return undefined;
  const headers = readFields(text, REQUEST_LINE.lastIndex, end);
  if (headers?.host === undefined) return undefined;
  const body = bodyOf(headers);
  const connection = headers.connection?.toLowerCase();
  const { expect } = headers;
  if (body === undefined || !(connection === undefined || connection === 'keep-alive' || connection === 'close'))
    return undefined;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') return undefined;
  return {
    method: line[1] ?? '',
    target: line[2] ?? '',
    headers,
    body,
    keepsAlive: connection !== 'close',
    awaitsInvitation: expect !== undefined && body !== 0,
    length: end + 2,
  };
}

function readFields(text: string, start: number, end: number): IncomingHttpHeaders | undefined {
  const headers: IncomingHttpHeaders = {};
  FIELD.lastIndex = start;
  for (let at = start; at < end; at = FIELD.lastIndex) {
    const field = FIELD.exec(text);
    if (field === null) return undefined;
    const name = (field[1] ?? '').toLowerCase();
    const value = (field[2] ?? '').trim();
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (name === 'accept') headers.accept = `${String(before)}, ${value}`;
    else return undefined;
    if (UNUSUAL.has(name)) return undefined;
  }
  return headers;
}

/** Whoever names both a length and chunks may want to be understood differently by others. */
function bodyOf(headers: IncomingHttpHeaders): RequestHead['body'] | undefined {
  const length = headers['content-length'];
  const encoding = headers['transfer-encoding'];
  if (encoding === undefined) return length === undefined ? 0 : DIGITS.test(length) ? Number(length) : undefined;
  return length === undefined && encoding.toLowerCase() === 'chunked' ? 'chunked' : undefined;
}
