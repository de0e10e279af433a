/** Signed tokens of one form. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openToken, signToken } from '../../../src/registry/auth/json-web-token.ts';

const key = randomBytes(32);
const claims = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string())));

describe('a token', () => {
  it('opens with the key that signed it, and gives what was signed', () => {
    fc.assert(
      fc.property(claims, (value) => {
        expect(openToken(signToken(value, key), key)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('opens with no other key', () => {
    fc.assert(
      fc.property(claims, fc.uint8Array({ maxLength: 64 }), (value, other) => {
        expect(openToken(signToken(value, key), other)).toBeUndefined();
      }),
    );
  });

  it('is not opened when any character of it is another', () => {
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ '];
    fc.assert(
      fc.property(claims, fc.nat(), fc.constantFrom(...letters), (value, place, letter) => {
        const token = signToken(value, key);
        const at = place % token.length;
        fc.pre(token.charAt(at) !== letter);
        expect(openToken(token.slice(0, at) + letter + token.slice(at + 1), key)).toBeUndefined();
        expect(openToken(token + letter, key)).toBeUndefined();
        expect(openToken(token.slice(0, at), key)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('is one or is not; opening never throws', () => {
    const parts = fc
      .array(fc.string({ unit: fc.constantFrom('e', 'y', 'J', '.', '=', '-', 'ä', '\0') }), { maxLength: 4 })
      .map((all) => all.join('.'));
    fc.assert(
      fc.property(fc.oneof(fc.string(), parts), (text) => {
        expect(openToken(text, key)).toBeUndefined();
        expect(openToken(`${signToken({}, key).split('.')[0]}.${text}`, key)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('may be large, up to a limit', () => {
    const ofLength = (length: number) => signToken({ a: 'x'.repeat(length) }, key);
    expect(openToken(ofLength(20_000), key)).toEqual({ a: 'x'.repeat(20_000) });
    expect(openToken(ofLength(30_000), key)).toBeUndefined();
  });
});
