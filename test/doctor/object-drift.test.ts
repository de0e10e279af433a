import { expect, it } from 'vitest';
import { differingFields } from '../../src/doctor/object-drift.ts';

it.each([
  [{ a: 1 }, { a: 1, b: 2 }, []],
  [{ a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
  [{ a: { b: 1 } }, {}, ['a.b']],
  [{ a: [{ p: 1 }] }, { a: [{ p: 1, added: true }] }, []],
  [{ a: [{ p: 1 }, { p: 2 }] }, { a: [{ p: 1 }, { p: 3 }] }, ['a.1.p']],
  [{ a: [1] }, { a: [1, 2] }, ['a']],
  [{ a: [1] }, { a: 'x' }, ['a']],
  ['x', 'y', ['']],
])('%j in %j: %j', (wanted, found, fields) => {
  expect(differingFields(wanted, found)).toEqual(fields);
});
