/** The first lines of responses: what stands there, and what may not. */
import { describe, expect, it } from 'vitest';
import { formatHead } from '../../../../src/registry/http/wire/response-head.ts';

const linesOf = (head: string) => head.split('\r\n');

describe('the head of a response', () => {
  it('has the status, its fields in order, the date, and what becomes of the connection', () => {
    const lines = linesOf(formatHead(201, ['location', '/v2/', 'x', 'a', 'x', 'b', 'content-length', '0'], true));
    const date = lines.splice(5, 1).join();
    expect(lines).toEqual([
      'HTTP/1.1 201 Created',
      'location: /v2/',
      'x: a',
      'x: b',
      'content-length: 0',
      'connection: keep-alive',
      'keep-alive: timeout=120',
      '',
      '',
    ]);
    expect(date).toMatch(/^date: \w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/);
    expect(Math.abs(Date.parse(date.slice(6)) - Date.now())).toBeLessThan(10_000);
  });

  it('says that the connection ends', () => {
    expect(linesOf(formatHead(200, [], false)).slice(2)).toEqual(['connection: close', '', '']);
  });

  it.each([204, 304])('of %i has no field that it was not given', (status) => {
    expect(formatHead(status, [], true)).not.toMatch(/content-length|transfer-encoding/i);
  });

  it.each([
    ['a line break', 'a\r\nset-cookie: b'],
    ['a line feed', 'a\nset-cookie: b'],
    ['a carriage return', 'a\rb'],
    ['a NUL', 'a\0b'],
    ['a control character', 'a\x7fb'],
    ['a letter whose low byte is a line feed', 'a\u010ab'],
    ['a letter beyond Latin', '中'],
  ])('never has a value with %s', (_, value) => {
    expect(() => formatHead(200, ['x', value], true)).toThrow(TypeError);
  });

  it.each(['', 'a\tb', ' !~', '\xe4\xff'])('may have the value %j', (value) => {
    expect(formatHead(200, ['x', value], true)).toContain(`\r\nx: ${value}\r\n`);
  });
});
