/** Changing one entry of a JSON text: the others keep every byte. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setEntry } from '../../src/trust/json-text.ts';

const DOCKER = `{
\t"auths": {
\t\t"ghcr.io": {"auth":   "eDp5"}
\t},
\t"HttpHeaders": { "User-Agent" : "a \\" {b}" },
\t"odd": [1,
 2]
}
`;

describe('an entry', () => {
  it('is added behind the others, in the form of the file', () => {
    expect(setEntry(DOCKER, ['auths', 'localhost:5001'], { auth: 'YTpi' })).toBe(
      DOCKER.replace('"eDp5"}\n', '"eDp5"},\n\t\t"localhost:5001": {\n\t\t\t"auth": "YTpi"\n\t\t}\n'),
    );
  });

  it('comes with its section where there is none', () => {
    const text = setEntry(DOCKER, ['credHelpers', 'localhost:5001'], 'devreg');
    expect(text).toBe(DOCKER.replace(' 2]\n', ' 2],\n\t"credHelpers": {\n\t\t"localhost:5001": "devreg"\n\t}\n'));
    expect(setEntry(text, ['credHelpers', 'localhost:5001'], undefined)).toBe(DOCKER);
  });

  it.each(['', ' \n'])('makes a file of %j', (text) => {
    expect(setEntry(text, ['auths', 'a'], {})).toBe('{\n\t"auths": {\n\t\t"a": {}\n\t}\n}\n');
  });

  it('stays on the line where all are on one', () => {
    expect(setEntry('{"auths":{"a":{}},"b":1}', ['auths', 'c'], { d: 1 })).toBe('{"auths":{"a":{},"c":{"d":1}},"b":1}');
  });

  it('is not touched when it says the same already', () => {
    expect(setEntry(DOCKER, ['auths', 'ghcr.io'], { auth: 'eDp5' })).toBe(DOCKER);
  });

  it('that is not there is not taken out', () => {
    for (const text of [DOCKER, '', '{}', '{"auths":[]}']) expect(setEntry(text, ['auths', 'b'], undefined)).toBe(text);
  });

  it('may be called like what all objects have', () => {
    expect(setEntry('{"auths":{}}', ['auths', '__proto__'], undefined)).toBe('{"auths":{}}');
  });
});

const word = fc
  .oneof(fc.constantFrom('a', 'localhost:5001', 'x"y', '{', 'é'), fc.string())
  .filter((one) => one !== '__proto__');
const sections = fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4, noNullPrototype: true });
const file = fc.dictionary(
  fc.oneof(fc.constantFrom('auths', 'credHelpers'), word),
  fc.oneof(sections, fc.jsonValue()),
  {
    maxKeys: 4,
    noNullPrototype: true,
  },
);
const space = fc.constantFrom(undefined, '\t', '  ', 1);

describe('whatever else is in the file', () => {
  it('means the same afterwards', () => {
    fc.assert(
      fc.property(file, space, word, fc.jsonValue({ maxDepth: 1 }), (json, indent, key, value) => {
        const text = JSON.stringify(json, undefined, indent);
        const added = setEntry(text, ['auths', key], value);
        const before: unknown = json['auths'];
        const isObject = typeof before === 'object' && before !== null && !Array.isArray(before);
        const expected = { ...json, auths: { ...(isObject ? before : {}), [key]: value } };
        expect(JSON.parse(added)).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
      { numRuns: 500 },
    );
  });

  it('is as it was to the byte when an entry came and went', () => {
    fc.assert(
      fc.property(sections, file, space, (auths, json, indent) => {
        const text = JSON.stringify({ ...json, auths: { ...auths, other: 1 } }, undefined, indent);
        const added = setEntry(text, ['auths', 'registry.test:1'], { auth: 'YTpi' });
        expect(added).not.toBe(text);
        expect(setEntry(added, ['auths', 'registry.test:1'], undefined)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});
