/** Heads of answers: what is understood, and what is left to others because it may mean something else to them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswerHead } from '../../../src/client/registry/answer-head.ts';

const head = (...lines: readonly string[]) => readAnswerHead(lines.join('\r\n'));

describe('a head', () => {
  it('tells status, headers and length', () => {
    const read = head('HTTP/1.1 200 OK', 'Content-Length:  12 ', 'X-A: b', 'x-a: c', 'Empty:');
    expect(read).toEqual({
      statusCode: 200,
      headers: { 'content-length': '12', 'x-a': 'b, c', empty: '' },
      headersDistinct: { 'content-length': ['12'], 'x-a': ['b', 'c'], empty: [''] },
      length: 12,
    });
  });

  it.each(['HTTP/1.1 404 Not Found', 'HTTP/1.1 503', 'HTTP/1.1 307 '])('may begin with %j', (line) => {
    expect(head(line, 'content-length: 0')?.length).toBe(0);
  });

  it.each([
    'HTTP/1.0 200 OK',
    'HTTP/2 200',
    'http/1.1 200 OK',
    'HTTP/1.1 100 Continue',
    'HTTP/1.1 204 No Content',
    'HTTP/1.1 304 Not Modified',
    'HTTP/1.1 20 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1 200 O\rK',
    '',
  ])('does not begin with %j', (line) => {
    expect(head(line, 'content-length: 0')).toBeUndefined();
  });

  it.each([
    ['no length', ['x: y']],
    ['two lengths', ['content-length: 5', 'Content-Length: 5']],
    ['a list of lengths', ['content-length: 5, 5']],
    ['a length with a sign', ['content-length: +5']],
    ['a length in hexadecimal', ['content-length: 0x5']],
    ['a length beyond all numbers', ['content-length: 9999999999999999']],
    ['another way to end', ['content-length: 5', 'transfer-encoding: chunked']],
    ['a space before the colon', ['content-length : 5']],
    ['a line that goes on', ['content-length: 5', ' 6']],
    ['a line without a name', ['content-length: 5', ': x']],
    ['a line feed alone', ['content-length: 5\nx: y']],
    ['a zero byte', ['content-length: 5', 'x: \0']],
  ])('is not understood with %s', (_, lines) => {
    expect(head('HTTP/1.1 200 OK', ...lines)).toBeUndefined();
  });

  it('has every header under its own name, whatever that is', () => {
    const name = fc
      .stringMatching(/^[a-z_-]{1,12}$/)
      .filter((text) => !/^(content-length|transfer-encoding)$/.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.stringMatching(/^[!-~]{1,20}$/), (names, value) => {
        const read = head('HTTP/1.1 200 OK', 'content-length: 1', ...names.map((each) => `${each}: ${value}`));
        for (const each of [...names, '__proto__']) {
          expect(Object.hasOwn(read?.headers ?? {}, each)).toBe(names.includes(each));
        }
      }),
    );
  });
});

it.each([
  ['says which length there would be', ['content-length: 12']],
  ['says nothing of it', ['x: y']],
])('an answer to HEAD that %s has no body', (_, lines) => {
  expect(readAnswerHead(['HTTP/1.1 200 OK', ...lines].join('\r\n'), 'HEAD')?.length).toBe(0);
});

it('an answer to HEAD with two lengths is not understood either', () => {
  const lines = ['HTTP/1.1 200 OK', 'content-length: 5', 'content-length: 6'];
  expect(readAnswerHead(lines.join('\r\n'), 'HEAD')).toBeUndefined();
});
