/** Names of repositories and tags. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPOSITORY_NAME_MAX_LENGTH, parseRepositoryName, parseTag } from '../../src/oci/repository.ts';
import { cpuTimeOf } from '../support/cpu-time.ts';

/** A second reading of the specification's grammar, by hand: components, each of words between separators. */
function isRepositoryName(text: string): boolean {
  if (text.length > REPOSITORY_NAME_MAX_LENGTH) return false;
  return text.split('/').every((component) => {
    const words = component.split(/[._-]+/);
    const separators = component.match(/[._-]+/g) ?? [];
    const areWords = words.every(
      (word) => word !== '' && [...word].every((letter) => 'abcdefghijklmnopqrstuvwxyz0123456789'.includes(letter)),
    );
    return areWords && separators.every((separator) => ['.', '_', '__'].includes(separator) || /^-+$/.test(separator));
  });
}

const nameLike = fc.string({
  unit: fc.constantFrom('a', 'z', '0', '.', '_', '-', '/', 'A', ' ', '%', 'ä', '\n'),
  maxLength: 12,
});

describe('parseRepositoryName', () => {
  it('agrees with a second reading of the grammar', () => {
    fc.assert(
      fc.property(
        fc.oneof(nameLike, fc.string(), fc.string({ unit: fc.constantFrom('a', '_', '-', '.'), maxLength: 8 })),
        (text) => {
          expect(parseRepositoryName(text)).toBe(isRepositoryName(text) ? text : undefined);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('takes names up to the length clients can still use', () => {
    expect(parseRepositoryName('a'.repeat(255))).toBe('a'.repeat(255));
    expect(parseRepositoryName('a'.repeat(256))).toBeUndefined();
  });

  it('is done with hostile names in no time', async () => {
    const long = ['a-', 'a_', 'a/', '-', 'a'].map((piece) => piece.repeat(100_000));
    const fitting = ['a-', 'a', 'a__'].map((piece) => piece.repeat(80));
    const time = await cpuTimeOf(async () => {
      for (const text of [...long, ...fitting]) expect(parseRepositoryName(`${text}!`)).toBeUndefined();
    });
    expect(time).toBeLessThan(100);
  });
});

describe('parseTag', () => {
  it('agrees with a second reading of the grammar', () => {
    const tagLike = fc.string({
      unit: fc.constantFrom('a', 'Z', '0', '.', '_', '-', '/', ':', ' ', 'ä', '\n'),
      maxLength: 6,
    });
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_';
    const isTag = (text: string) =>
      text.length > 0 &&
      text.length <= 128 &&
      letters.includes(text.charAt(0)) &&
      [...text].every((letter) => `${letters}.-`.includes(letter));
    fc.assert(
      fc.property(fc.oneof(tagLike, fc.string({ maxLength: 200 })), (text) => {
        expect(parseTag(text)).toBe(isTag(text) ? text : undefined);
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes 128 characters', () => {
    expect(parseTag('t'.repeat(128))).toBe('t'.repeat(128));
    expect(parseTag('t'.repeat(129))).toBeUndefined();
  });
});
