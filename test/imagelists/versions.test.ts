/** Ranges of versions, as Masterminds' library for Go takes them. */
import { expect, it } from 'vitest';
import { parseVersionRange } from '../../src/imagelists/versions.ts';

const TAGS = [
  '0.2.3',
  '0.2.4',
  '0.3.0',
  '1.0.0',
  '1.2.0-rc.1',
  '1.2.0',
  '1.2.3',
  '1.9.0',
  '2.0.0',
  'v1.2.4',
  '1.3',
  '1',
  'latest',
];

it.each([
  ['1.2.3', ['1.2.3']],
  ['=1.2.3', ['1.2.3']],
  ['!=1.2.3', TAGS.filter((tag) => !['1.2.3', '1.2.0-rc.1', 'latest'].includes(tag))],
  ['>= 1.2.0, < 2', ['1.2.0', '1.2.3', '1.9.0', 'v1.2.4', '1.3']],
  ['>=1.2.0 <2', ['1.2.0', '1.2.3', '1.9.0', 'v1.2.4', '1.3']],
  ['>1', ['2.0.0']],
  ['>=1.2.0-0 <1.2.3-0', ['1.2.0-rc.1', '1.2.0']],
  ['~1.2', ['1.2.0', '1.2.3', 'v1.2.4']],
  ['~1.2.3', ['1.2.3', 'v1.2.4']],
  ['^1.2', ['1.2.0', '1.2.3', '1.9.0', 'v1.2.4', '1.3']],
  ['^0.2.3', ['0.2.3', '0.2.4']],
  ['1.2.x', ['1.2.0', '1.2.3', 'v1.2.4']],
  ['1.2 - 1.2.3', ['1.2.0', '1.2.3']],
  ['0.3.0 || 2.x', ['0.3.0', '2.0.0']],
  ['*', TAGS.filter((tag) => !['1.2.0-rc.1', 'latest'].includes(tag))],
  ['<=1.2', ['0.2.3', '0.2.4', '0.3.0', '1.0.0', '1.2.0', '1.2.3', 'v1.2.4', '1']],
])('%s', (range, expected) => {
  const matches = parseVersionRange(range);
  expect(TAGS.filter((tag) => matches?.(tag))).toEqual(expected);
});

it.each(['', 'latest', '>', '>= a', '1.2.3.4', '^^1', '1 ||'])('refuses %j', (range) => {
  expect(parseVersionRange(range)).toBeUndefined();
});

it('orders what comes before a release', () => {
  const matches = parseVersionRange('>=1.0.0-alpha.2 <1.0.0-beta');
  const tags = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.2',
    '1.0.0-alpha.10',
    '1.0.0-alpha.b',
    '1.0.0-beta',
    '1.0.0',
  ];
  expect(tags.filter((tag) => matches?.(tag))).toEqual(['1.0.0-alpha.2', '1.0.0-alpha.10', '1.0.0-alpha.b']);
});
