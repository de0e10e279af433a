/** What texts of options mean. */
import { expect, it } from 'vitest';
import {
  parseChoice,
  parseCount,
  parseDuration,
  parseLineCount,
  parsePort,
  parsePortPair,
  parseQuantity,
  parseSwitch,
  parseUserName,
} from '../../src/config/values.ts';

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

it.each([
  ['0', 0],
  ['20', 20],
  ['21', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['two', undefined],
  ['', undefined],
])('count %j is %s', (text, count) => expect(parseCount(text)).toBe(count));

it.each([
  ['22:32222', '22:32222'],
  [' 80:30080 ', '80:30080'],
  ['022:0443', '22:443'],
  ['22', undefined],
  ['22:', undefined],
  ['0:1', undefined],
  ['1:0', undefined],
  ['1:2:3', undefined],
  ['1:70000', undefined],
  ['127.0.0.1:22', undefined],
  ['', undefined],
])('pair of ports %j is %s', (text, pair) => expect(parsePortPair(text)).toBe(pair));

it.each([
  ['10Gi', '10Gi'],
  ['500M', '500M'],
  ['1k', '1k'],
  ['1', '1'],
  ['0Gi', undefined],
  ['1.5Gi', undefined],
  ['10GB', undefined],
  ['1ki', undefined],
  ['1K', undefined],
  ['-1Gi', undefined],
  ['9999999999', undefined],
])('quantity %j is %s', (text, quantity) => expect(parseQuantity(text)).toBe(quantity));

it.each([
  ['0', 0],
  ['1000000', 1_000_000],
  ['1000001', undefined],
  ['-1', undefined],
  ['all', undefined],
])('number of lines %j is %s', (text, lines) => expect(parseLineCount(text)).toBe(lines));
