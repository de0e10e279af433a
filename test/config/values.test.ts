/** What texts of options mean. */
import { expect, it } from 'vitest';
import { parseChoice, parseDuration, parsePort, parseSwitch, parseUserName } from '../../src/config/values.ts';

it.each([
  ['0', 0],
  ['5001', 5001],
  ['65535', 65535],
  ['65536', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['', undefined],
  [' 1', undefined],
])('port %j is %s', (text, port) => expect(parsePort(text)).toBe(port));

it.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['2m', 120_000],
  ['500ms', 500],
  ['0', undefined],
  ['1h', undefined],
  ['-1s', undefined],
  ['1.5s', undefined],
])('time %j is %s', (text, time) => expect(parseDuration(text)).toBe(time));

it.each([
  ['true', true],
  ['1', true],
  ['YES', true],
  ['off', false],
  ['0', false],
  ['maybe', undefined],
  ['', undefined],
])('switch %j is %s', (text, value) => expect(parseSwitch(text)).toBe(value));

it.each([
  ['giteaAdmin', 'giteaAdmin'],
  ['jörg', 'jörg'],
  ['a:b', undefined],
  ['a b', undefined],
  ['a\tb', undefined],
  ['a\u202eb', undefined],
  ['', undefined],
])('user %j is %s', (text, name) => expect(parseUserName(text)).toBe(name));

it('chooses among words, and nothing else', () => {
  expect(parseChoice(['full', 'fast'])('fast')).toBe('fast');
  expect(parseChoice(['full', 'fast'])('toString')).toBeUndefined();
});
