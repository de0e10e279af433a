/** Numbers and moments as people read them. */
import { expect, it } from 'vitest';
import { count, toSeconds } from '../../../src/cli/output/words.ts';

it.each([
  [0, '0 images'],
  [1, '1 image'],
  [2, '2 images'],
])('counts %i', (number, text) => {
  expect(count(number, 'image')).toBe(text);
});

it('counts what has a plural of its own', () => {
  expect([1, 2].map((number) => count(number, 'repository', 'repositories'))).toEqual([
    '1 repository',
    '2 repositories',
  ]);
});

it('leaves out fractions of a second', () => {
  expect(toSeconds('2026-01-02T03:04:05.678Z')).toBe('2026-01-02T03:04:05Z');
  expect(toSeconds('2026-01-02T03:04:05Z')).toBe('2026-01-02T03:04:05Z');
});
