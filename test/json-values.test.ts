/** Values that came from JSON. */
import { expect, it } from 'vitest';
import { isObject, parseJson } from '../src/json-values.ts';

it.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  [undefined, false],
  ['text', false],
])('tells whether %j has fields', (value, isOne) => {
  expect(isObject(value)).toBe(isOne);
});

it('parses JSON, and gives nothing for what is none', () => {
  expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
  expect(parseJson('{')).toBeUndefined();
  expect(parseJson('')).toBeUndefined();
});
