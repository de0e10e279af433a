/** Names of registries. */
import { describe, expect, it } from 'vitest';
import { parseName, resolveName } from '../../src/state/name.ts';

describe('a name', () => {
  it.each(['devreg', 'a', '1', 'ci-1.2', 'x'.repeat(50)])('%j is one', (name) => {
    expect(parseName(name)).toBe(name);
  });

  it.each(['', '.', '..', 'a/b', 'A', '-a', 'a-', '.a', 'a.', 'a b', 'ä', 'a\n', '../../etc', 'x'.repeat(51)])(
    '%j is none',
    (name) => {
      expect(() => parseName(name)).toThrow(expect.objectContaining({ code: 'NAME_REFUSED', kind: 'usage' }));
    },
  );
});

it.each([
  ['chosen', ['a'], 'chosen'],
  [undefined, ['a'], 'a'],
  [undefined, [], 'devreg'],
  [undefined, ['a', 'b'], 'devreg'],
])('with %j chosen among %j it is %j', (chosen, known, name) => {
  expect(resolveName(chosen, known)).toBe(name);
});
