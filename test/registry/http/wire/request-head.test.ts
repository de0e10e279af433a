/** Heads of requests: what every client writes is read, what is unusual in any way is left to others. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHead } from '../../../../src/registry/http/wire/request-head.ts';

const read = (text: string) => readHead(Buffer.from(text, 'latin1'));
const head = (...lines: string[]) => ['GET /v2/ HTTP/1.1', 'Host: a', ...lines, '', ''].join('\r\n');

/** The characters of names of fields. @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const TOKEN = "!#$%&'*+.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-";

describe('a head that is read', () => {
  it('says what is asked for, of whom, and where it ends', () => {
    const text =
      'PUT /v2/a/blobs/uploads/1?digest=b%3Ac HTTP/1.1\r\nHost: a:5000\r\nAccept:  */* \r\nContent-Length: 3\r\n\r\n';
    expect(read(`${text}abcGET /`)).toEqual({
      method: 'PUT',
      target: '/v2/a/blobs/uploads/1?digest=b%3Ac',
      headers: { host: 'a:5000', accept: '*/*', 'content-length': '3' },
      body: 3,
      keepsAlive: true,
      awaitsInvitation: false,
      length: text.length,
    });
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('may ask by %s', (method) => {
    expect(read(`${method} / HTTP/1.1\r\nhost: a\r\n\r\n`)?.method).toBe(method);
  });

  it.each([
    ['no body', [], 0],
    ['a body of no bytes', ['Content-Length: 0'], 0],
    ['a length', ['Content-Length: 1099511627776'], 1_099_511_627_776],
    ['chunks', ['Transfer-Encoding: chunked'], 'chunked'],
    ['chunks in capitals', ['TRANSFER-ENCODING: Chunked'], 'chunked'],
  ] as const)('announces %s', (_, lines, body) => {
    expect(read(head(...lines))?.body).toBe(body);
  });

  it.each([
    [[], true],
    [['Connection: keep-alive'], true],
    [['Connection: Close'], false],
  ] as const)('with %j keeps the connection: %j', (lines, keepsAlive) => {
    expect(read(head(...lines))?.keepsAlive).toBe(keepsAlive);
  });

  it.each([
    [['Expect: 100-continue', 'Content-Length: 1'], true],
    [['Expect: 100-Continue', 'Transfer-Encoding: chunked'], true],
    [['Expect: 100-continue'], false],
    [['Content-Length: 1'], false],
  ] as const)('with %j waits to be invited: %j', (lines, awaitsInvitation) => {
    expect(read(head(...lines))?.awaitsInvitation).toBe(awaitsInvitation);
  });

  it('may name what it accepts more than once', () => {
    expect(read(head('Accept: a', 'ACCEPT: b', 'accept: c'))?.headers.accept).toBe('a, b, c');
  });

  it('has every field as it was written, without the space around it', () => {
    const name = fc.string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 20 }).map((text) => `x-${text}`);
    const value = fc.string({ unit: fc.constantFrom(...' !"#:;,=/azAZ09~'), maxLength: 40 });
    const fields = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key.toLowerCase(), maxLength: 20 });
    fc.assert(
      fc.property(fields, (pairs) => {
        const read1 = read(head(...pairs.map(([key, text]) => `${key}:${text}`)));
        const expected = Object.fromEntries(pairs.map(([key, text]) => [key.toLowerCase(), text.trim()]));
        expect(read1?.headers).toEqual({ host: 'a', ...expected });
      }),
    );
  });
});

describe('a head that is left to others', () => {
  it.each([
    ['is not complete', 'GET / HTTP/1.1\r\nhost: a\r\n'],
    ['is empty', ''],
    ['is one of TLS', '\x16\x03\x01\0\0'],
    ['begins with an empty line', `\r\n${head()}`],
    ['has a method in small letters', 'get / HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['has another method', 'OPTIONS / HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['opens a tunnel', 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['asks for a whole address', 'GET http://a/ HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['asks for the server', 'OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['has a space in its target', 'GET /a b HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['has two spaces', 'GET  / HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['has a tab for a space', 'GET\t/ HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['has letters beyond ASCII in its target', 'GET /\xe4 HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['has a NUL in its target', 'GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['is of HTTP/1.0', 'GET / HTTP/1.0\r\nhost: a\r\n\r\n'],
    ['is of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['is of no version', 'GET /\r\nhost: a\r\n\r\n'],
    ['names no host', 'GET / HTTP/1.1\r\naccept: a\r\n\r\n'],
    ['has no fields', 'GET / HTTP/1.1\r\n\r\n'],
    ['has bare line feeds', head().replaceAll('\r\n', '\n')],
    ['has a bare line feed', head('x: a\ny: b')],
    ['has a bare carriage return', head('x: a\ry: b')],
    ['has a folded line', head('x: a', ' b')],
    ['has a line folded by a tab', head('x: a', '\tb')],
    ['has a tab after its coding', head('Transfer-Encoding: chunked\t')],
    ['has a NUL', head('x: a\0b')],
    ['has a control character', head('x: a\x7f')],
    ['has letters beyond ASCII', head('x: \xe4')],
    ['has a space before a colon', head('x : a')],
    ['has a line without a colon', head('x')],
    ['has a field without a name', head(': a')],
    ['has a name with a quotation mark', head('"x": a')],
    ['has two hosts', head('Host: b')],
    ['has two lengths', head('Content-Length: 1', 'Content-Length: 1')],
    ['has a list of lengths', head('Content-Length: 1, 1')],
    ['has a length with a sign', head('Content-Length: +1')],
    ['has a negative length', head('Content-Length: -1')],
    ['has a length in hexadecimal', head('Content-Length: 0x1')],
    ['has no length where one should stand', head('Content-Length:')],
    ['has a length beyond exact numbers', head('Content-Length: 9999999999999999')],
    ['has a length beside chunks', head('Content-Length: 1', 'Transfer-Encoding: chunked')],
    ['has chunks beside a length', head('Transfer-Encoding: chunked', 'Content-Length: 1')],
    ['has another coding', head('Transfer-Encoding: gzip')],
    ['has two codings', head('Transfer-Encoding: gzip, chunked')],
    ['has chunks twice', head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
    ['has a coding that looks like chunks', head('Transfer-Encoding: xchunked')],
    ['has an empty coding', head('Transfer-Encoding:')],
    ['wants to upgrade', head('Connection: upgrade', 'Upgrade: h2c')],
    ['names a protocol to upgrade to', head('Upgrade: websocket')],
    ['names fields of the connection', head('Connection: close, x')],
    ['expects what nobody knows', head('Expect: 200-ok', 'Content-Length: 1')],
    ['announces trailers', head('Trailer: x')],
    ['has two authorizations', head('Authorization: a', 'Authorization: b')],
    ['names the prototype', head('__proto__: a')],
    ['names the constructor', head('constructor: a')],
    ['names the prototype in capitals', head('__PROTO__: a')],
  ])('%s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  it('is longer than any client writes it', () => {
    expect(read(head(`x: ${'a'.repeat(15 * 1024)}`))).toBeDefined();
    expect(read(head(`x: ${'a'.repeat(16 * 1024)}`))).toBeUndefined();
  });

  it('never changes how what follows it is understood', () => {
    const follow = fc.uint8Array({ maxLength: 64 });
    fc.assert(
      fc.property(follow, (bytes) => {
        const text = Buffer.from(head('Content-Length: 7'));
        expect(readHead(Buffer.concat([text, bytes]))).toEqual(readHead(text));
      }),
    );
  });
});

describe('a hostile head', () => {
  it.each([
    ['a name without end', 'x'.repeat(16_000)],
    ['names without end', 'x\r\n'.repeat(5_000)],
    ['spaces', `x:${' '.repeat(16_000)}`],
    ['spaces before a wrong letter', `x:${' \t'.repeat(7_900)}\0`],
    ['accepted things', 'accept:\r\n'.repeat(1_600)],
    ['fields of one letter', Array.from({ length: 2_000 }, (_, at) => `${at}:`).join('\r\n')],
    ['a target', ''],
  ])('of %s is read as quickly as others', (_, lines) => {
    const bytes = Buffer.from(lines === '' ? `GET /${'a'.repeat(16_000)}` : head(lines));
    const before = process.cpuUsage();
    for (let round = 0; round < 100; round++) readHead(bytes);
    const { user } = process.cpuUsage(before);
    // A regular expression that goes back and forth takes seconds for one.
    expect(user / 1_000).toBeLessThan(2_000);
  });
});
