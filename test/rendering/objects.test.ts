/** Objects as text: read as kubectl does, written so that they read back the same. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatYaml, parseObjects } from '../../src/rendering/objects.ts';

const parse = (text: string) => parseObjects({ path: 'a.yaml', text });
const HEAD = 'apiVersion: v1\nkind: A\nmetadata: { name: x }\n';

describe('parseObjects', () => {
  it('reads every document but the empty ones', () => {
    const text = `# comment\n---\n${HEAD}---\n---\n# nothing\n---\n${HEAD.replace('x', 'z')}`;
    expect(parse(text).map(({ metadata }) => metadata.name)).toEqual(['x', 'z']);
    expect(parse('')).toEqual([]);
    expect(parse('# nothing\n')).toEqual([]);
  });

  it.each([
    ['0644', 420],
    ['yes', true],
    ['2020-01-01', '2020-01-01'],
    ['22:30', '22:30'],
    ['1:30.5', '1:30.5'],
    ['1e3', 1000],
    ['"0644"', '0644'],
    ['{ <<: { a: 1 }, b: 2 }', { a: 1, b: 2 }],
  ])('takes %s for what kubectl takes it', (written, value) => {
    expect(parse(`${HEAD}field: ${written}\n`)[0]?.['field']).toEqual(value);
  });

  it.each([
    ['a: [1\n', 2, 'Flow sequence'],
    [`${HEAD}b: 1\nb: 2\n`, 5, 'Map keys must be unique'],
    ['\n\n- a\n', 3, 'a Kubernetes object is a map'],
    ['just text\n', 1, 'a Kubernetes object is a map'],
    ['kind: A\nmetadata: { name: x }\n', 1, 'the object has no apiVersion'],
    ['apiVersion: v1\nkind: ""\nmetadata: { name: x }\n', 1, 'the object has no kind'],
    [`${HEAD}---\n\n# second\nkind: B\napiVersion: v1\n`, 7, 'the object has no metadata.name'],
    ['apiVersion: 1\nkind: A\nmetadata: { name: x }\n', 1, 'the object has no apiVersion'],
  ])('says in which line %j goes wrong', (text, line, problem) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'OBJECT_INVALID',
        message: expect.stringContaining(`a.yaml, line ${line}: ${problem}`),
      }),
    );
  });
});

describe('formatYaml', () => {
  it('writes what reads back the same', () => {
    const value = fc.jsonValue().filter((json) => !JSON.stringify(json).includes('__proto__'));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), (values) => {
        const objects = values.map((field) => ({ apiVersion: 'v1', kind: 'A', metadata: { name: 'x' }, field }));
        expect(JSON.stringify(parse(formatYaml(objects)))).toBe(JSON.stringify(objects));
      }),
    );
  });

  it('writes certificates line by line, and what would be a number or a boolean in quotes', () => {
    expect(formatYaml([{ pem: 'a\nb\n', mode: '0644', flag: 'yes' }, { b: 1 }])).toBe(
      'pem: |\n  a\n  b\nmode: "0644"\nflag: "yes"\n---\nb: 1\n',
    );
  });
});
