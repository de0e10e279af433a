/** Lifetimes of tokens. */
import { expect, it } from 'vitest';
import { parseLifetime } from '../../../src/cli/accounts/lifetime.ts';

it.each([
  ['90d', 90 * 86_400],
  ['12h', 43_200],
  ['30m', 1_800],
  ['2w', 14 * 86_400],
  ['1y', 365 * 86_400],
  ['never', 'never'],
  ['0d', undefined],
  ['90', undefined],
  ['-1d', undefined],
  ['1.5d', undefined],
  ['90D', undefined],
  ['', undefined],
])('%s is %j', (text, seconds) => {
  expect(parseLifetime(text)).toBe(seconds);
});
