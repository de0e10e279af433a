/** Templates of JSONPath, as far as they go. */
import { describe, expect, it } from 'vitest';
import { fillJsonPath, parseJsonPath } from '../../../src/cli/output/json-path.ts';

const VALUE = [
  { name: 'one', data: { 'a.b': 1, list: [1, 2, 3] }, nothing: null },
  { name: 'two', data: { 'a.b': 2, list: [] } },
];
const fill = (template: string) => fillJsonPath(parseJsonPath(template), VALUE);

it.each([
  ['{[0].name}', 'one'],
  ['{.[0].name}', 'one'],
  ['{$[1].name}', 'two'],
  ['{@[-1].name}', 'two'],
  ['{[*].name}', 'one two'],
  ['{.*.name}', 'one two'],
  ["{[0].data['a.b']}", '1'],
  ['{[0]["data"].list[2]}', '3'],
  ['{[0].data}', '{"a.b":1,"list":[1,2,3]}'],
  ['{[0].nothing}', 'null'],
  ['{[1].data.list[*]}', ''],
  ['name: {[0].name}{"\\n"}', 'name: one\n'],
  ['{[0].name}{\'\\t\'}{"\\t"}', 'one\\t\t'],
  ['{$}', JSON.stringify(VALUE)],
])('%s gives %j', (template, text) => {
  expect(fill(template)).toBe(text);
});

describe('refuses', () => {
  it.each([
    '',
    '[0].name',
    '{[0].name',
    '{[0].name}}',
    '{..name}',
    '{[?(@.name=="one")]}',
    '{[0:2]}',
    '{range [*]}',
    '{[0]name}',
    '{name}',
    '{[0].}',
  ])('%j as not understood', (template) => {
    expect(() => parseJsonPath(template)).toThrow(expect.objectContaining({ code: 'JSONPATH_INVALID', kind: 'usage' }));
  });

  it.each(['{[0].nam}', '{[2].name}', '{[-3]}', '{[0].name.length}', '{.name}', '{[0].data.__proto__}', '{[0][1]}'])(
    '%j as leading nowhere',
    (template) => {
      expect(() => fill(template)).toThrow(expect.objectContaining({ code: 'JSONPATH_NOT_FOUND', kind: 'not-found' }));
    },
  );
});
