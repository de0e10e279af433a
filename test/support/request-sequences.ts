/** Requests as they go over a connection, one after the other, as clients write them and as they should not. */
import type { Random } from '../torture/seeded-random.ts';

/** What is sent. */
export interface RequestSequence {
  readonly bytes: Buffer;
  /** Where it is cut into pieces that are sent one by one. */
  readonly cuts: readonly number[];
  /** Whether every request in it is well-formed. */
  readonly isValid: boolean;
}

/** Ends the connection. */
const LAST = 'GET /last HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';

/** Before it, so that whoever takes some of them for the body of a mangled request sees an end, too. */
const MORE = 'GET /more HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(150);

const FIELDS = [
  'accept: a/b',
  'Accept: c/d; q=0.5',
  'User-Agent: x/1 (y; z)',
  'Authorization: Bearer a.b-c_d',
  'X-Empty:',
  'x-space: \t a b \t ',
  'connection: keep-alive',
] as const;

/** Well-formed, but for Node's own parser to judge. */
const UNUSUAL_FIELDS = ['x-latin: \xe4\xff', 'constructor: a', 'authorization: again', `x-long: ${'l'.repeat(17_000)}`];
const UNUSUAL_LINES = ['OPTIONS /a HTTP/1.1', 'GET http://b/a HTTP/1.1', 'PROPFIND /a HTTP/1.1'];

/** Bytes that mean something to parsers. */
const MARKS = ['\r', '\n', '\0', ' ', '\t', ':', ';', '\xe4', '\x7f', '"', ',', '\r\n', '\r\n\r\n', '-', '+'];

/** Draws some requests; in every other sequence something is mangled. */
export function drawSequence(random: Random): RequestSequence {
  const isValid = random.chance(0.5);
  let text = Array.from({ length: 1 + random.below(6) }, () => drawRequest(random, isValid)).join('');
  for (let count = isValid ? 0 : 1 + random.below(2); count > 0; count--) text = mangle(text, random);
  const bytes = Buffer.from(text + (isValid ? '' : MORE) + LAST, 'latin1');
  const cuts = Array.from({ length: random.below(6) }, () => random.below(text.length + 1));
  return { bytes, cuts: cuts.toSorted((a, b) => a - b), isValid };
}

function drawRequest(random: Random, mayBeUnread: boolean): string {
  const isUnusual = random.chance(0.15);
  const method = random.pick(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
  // What is answered unread may or may not be answered before its malformed body is seen.
  const path = mayBeUnread && random.chance(0.3) ? '/unread' : random.pick(['/a', '/a/b?c=d&e', '/%7e']);
  const line = isUnusual && random.chance(0.5) ? random.pick(UNUSUAL_LINES) : `${method} ${path} HTTP/1.1`;
  const fields = ['Host: a:1', ...random.some(FIELDS, 0.3)];
  if (isUnusual) fields.push(random.pick(UNUSUAL_FIELDS));
  const [framing, body] = drawBody(random, path === '/unread');
  return [line, ...fields, ...framing, '', body].join('\r\n');
}

/** @returns the fields that frame a body, and the body as it is sent */
function drawBody(random: Random, isUnread: boolean): [framing: string[], body: string] {
  const content = random.bytes(random.below(200)).toString('latin1');
  // Whoever is not invited loses the connection, sooner or later.
  const expect = !isUnread && random.chance(0.2) ? ['Expect: 100-continue'] : [];
  switch (random.below(3)) {
    case 0:
      return [[], ''];
    case 1:
      return [[`Content-Length: ${content.length}`, ...(content === '' ? [] : expect)], content];
    default:
      return [['Transfer-Encoding: chunked', ...expect], drawChunks(content, random)];
  }
}

function drawChunks(content: string, random: Random): string {
  let chunks = '';
  for (let at = 0; at < content.length;) {
    const part = content.slice(at, at + 1 + random.below(80));
    chunks += `${part.length.toString(16)}${random.pick(['', '', ';a=b', ';c'])}\r\n${part}\r\n`;
    at += part.length;
  }
  return `${chunks}0\r\n${random.pick(['', '', 'x-trailer: a\r\n'])}\r\n`;
}

/** Changes a little, anywhere. */
function mangle(text: string, random: Random): string {
  const at = random.below(text.length);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + random.below(3));
    case 1:
      return text.slice(0, at) + random.pick(MARKS) + text.slice(at);
    case 2:
      return text.slice(0, at) + random.pick(MARKS) + text.slice(at + 1);
    default:
      return text.slice(0, at + 1) + text.slice(at);
  }
}
