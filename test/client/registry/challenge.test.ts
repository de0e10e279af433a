/** Challenges as registries write them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges } from '../../../src/client/registry/challenge.ts';

function parse(...headers: readonly string[]) {
  return parseChallenges(headers).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe('challenges', () => {
  it.each([
    [['Basic realm="a"'], [['basic', { realm: 'a' }]]],
    [
      ['Bearer realm="https://h/token",service="s",scope="repository:a:pull,push"'],
      [['bearer', { realm: 'https://h/token', service: 's', scope: 'repository:a:pull,push' }]],
    ],
    [['bearer realm=https://h/token,service=s'], [['bearer', { realm: 'https://h/token', service: 's' }]]],
    [
      ['Basic realm="a, b", Bearer realm="c"'],
      [
        ['basic', { realm: 'a, b' }],
        ['bearer', { realm: 'c' }],
      ],
    ],
    [['Bearer Realm = "a" , service="b"'], [['bearer', { realm: 'a', service: 'b' }]]],
    [
      ['Negotiate, Basic realm="a"'],
      [
        ['negotiate', {}],
        ['basic', { realm: 'a' }],
      ],
    ],
    [
      ['Negotiate YII=, Basic realm="a"'],
      [
        ['negotiate', {}],
        ['basic', { realm: 'a' }],
      ],
    ],
    [
      ['Basic realm="a"', 'Bearer realm="b"'],
      [
        ['basic', { realm: 'a' }],
        ['bearer', { realm: 'b' }],
      ],
    ],
    [['Bearer realm="say \\"hi\\""'], [['bearer', { realm: 'say "hi"' }]]],
    [['Bearer realm="a",realm="b"'], [['bearer', { realm: 'a' }]]],
    [['Bearer realm="never closed'], [['bearer', {}]]],
    [[''], []],
    [[',,,'], []],
    [['realm="a"'], []],
    [['Basic'], [['basic', {}]]],
  ])('%j', (headers, challenges) => {
    expect(parse(...headers)).toEqual(challenges);
  });

  it('are read as they were written', () => {
    const token = fc.stringMatching(/^[a-z]{1,8}$/);
    const text = fc.string({ maxLength: 20 });
    const parameters = fc.dictionary(token, text, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(token, parameters), { minLength: 1, maxLength: 3 }), (wanted) => {
        const quote = (value: string) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
        const header = wanted
          .map(
            ([scheme, values]) =>
              `${scheme} ${Object.entries(values)
                .map(([key, value]) => `${key}=${quote(value)}`)
                .join(', ')}`,
          )
          .join(', ');
        expect(parse(header)).toEqual(wanted);
      }),
    );
  });

  it('end, whatever the text', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' })), (headers) => void parseChallenges(headers)));
  });
});
