/** Elements go into a list of a JSON file, and out again, with no other byte changed (S1-11). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addToList, readList, takeFromList } from '../../src/trust/json-list.ts';

const KEY = 'insecure-registries';
const add = (text: string, ...elements: string[]) => addToList(text, KEY, elements);
const take = (text: string, ...elements: string[]) => takeFromList(text, KEY, elements);

describe('adding', () => {
  it.each([
    ['{}', '{\n  "insecure-registries": ["a:1"]\n}'],
    ['{"debug":true}', '{"debug":true, "insecure-registries": ["a:1"]}'],
    ['{\n\t"debug": true\n}\n', '{\n\t"debug": true,\n\t"insecure-registries": ["a:1"]\n}\n'],
    ['{ "insecure-registries": [] }', '{ "insecure-registries": ["a:1"] }'],
    ['{"insecure-registries":["x"]}', '{"insecure-registries":["x", "a:1"]}'],
    [
      '{\n  "insecure-registries": [\n    "x"\n  ],\n  "z": 1\n}',
      '{\n  "insecure-registries": [\n    "x",\n    "a:1"\n  ],\n  "z": 1\n}',
    ],
    ['{"x":"\\"]},{","insecure-registries":["}"]}', '{"x":"\\"]},{","insecure-registries":["}", "a:1"]}'],
  ])('%j', (before, after) => {
    expect(add(before, 'a:1')).toBe(after);
    expect(JSON.parse(take(after, 'a:1'))).toEqual({
      ...JSON.parse(before),
      // A list that nothing is left in goes with its key.
      ...(before.includes('[]') && { [KEY]: undefined }),
    });
  });
});

it('adds to the last of two lists under the same key, which is the one that counts', () => {
  const text = '{"insecure-registries":["x"],"insecure-registries":["y"]}';
  expect(JSON.parse(add(text, 'a:1'))).toEqual({ [KEY]: ['y', 'a:1'] });
});

it.each([['[]'], ['"x"'], ['{'], ['{"insecure-registries":"a"}'], ['{"insecure-registries":[1]}'], ['null']])(
  '%s is no object with such a list',
  (text) => expect(readList(text, KEY)).toBe('other'),
);

/** Settings as people may have written them, in every layout. */
const settings = fc
  .tuple(
    fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
    fc.option(fc.array(fc.constantFrom('x:1', 'y', 'localhost:5000'), { maxLength: 3 })),
    fc.constantFrom(undefined, 1, 2, 4, '\t'),
    fc.constantFrom('', '\n', ' \r\n'),
    fc.boolean(),
  )
  .map(([others, list, indent, end, isCrlf]) => {
    const { [KEY]: _list, ...rest } = others;
    const text = JSON.stringify(list === null ? rest : { ...rest, [KEY]: list, zz: [{ a: ['}'] }] }, undefined, indent);
    return `${isCrlf ? text.replaceAll('\n', '\r\n') : text}${end}`;
  });

const elements = fc.uniqueArray(fc.constantFrom('a:1', 'b.c:2', 'localhost:5001'), { minLength: 1 });

it('adds what is asked for, keeps every other value, and keeps the bytes on both sides', () => {
  fc.assert(
    fc.property(settings, elements, (text, added) => {
      const after = add(text, ...added);
      const before = JSON.parse(text) as Record<string, unknown>;
      const list = Array.isArray(before[KEY]) ? before[KEY] : [];
      expect(JSON.parse(after)).toEqual({ ...before, [KEY]: [...list, ...added] });
      let start = 0;
      while (start < text.length && text[start] === after[start]) start++;
      expect(after.endsWith(text.slice(start)) || text.trim() === '{}').toBe(true);
    }),
  );
});

it('takes out what was added, and what others wrote stays', () => {
  fc.assert(
    fc.property(settings, elements, (text, added) => {
      const before = JSON.parse(text) as Record<string, unknown>;
      const { [KEY]: list, ...rest } = before;
      const result = JSON.parse(take(add(text, ...added), ...added)) as unknown;
      const isKept = Array.isArray(list) && list.length > 0;
      expect(result).toEqual(isKept ? before : rest);
    }),
  );
});
