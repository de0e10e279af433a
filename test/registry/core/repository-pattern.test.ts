/** Patterns: which names they mean, and which lie within others. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coversPattern,
  matchesPattern,
  matchesTag,
  parsePattern,
  parseTagPattern,
} from '../../../src/registry/core/repository-pattern.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';
import { anyPattern, anyRepository } from './pattern-samples.ts';

/** A second reading of patterns: one regular expression for the whole, as slow as it likes. */
function matchesNaively(pattern: string, repository: string): boolean {
  const [part, ...parts] = pattern.split('/');
  const components = repository === '' ? [] : repository.split('/');
  const rest = parts.join('/');
  const hasRest = parts.length > 0;
  if (part === '**') {
    return Array.from({ length: components.length + 1 }, (_, at) => components.slice(at).join('/')).some((tail) =>
      hasRest ? matchesNaively(rest, tail) : tail === '',
    );
  }
  const [component, ...others] = components;
  if (component === undefined || part === undefined) return false;
  const expression = new RegExp(`^${part.split('*').map(RegExp.escape).join('.*')}$`, 's');
  return expression.test(component) && (hasRest ? matchesNaively(rest, others.join('/')) : others.length === 0);
}

describe('matchesPattern', () => {
  it('agrees with a second reading', () => {
    fc.assert(
      fc.property(anyPattern, anyRepository, (text, name) => {
        expect(matchesPattern(text, name)).toBe(matchesNaively(text, name));
      }),
      { numRuns: 10_000 },
    );
  });

  it('agrees within one component, where pieces could overlap', () => {
    const few = fc.string({ unit: fc.constantFrom('a', '*'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(few, fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }), (text, name) => {
        fc.pre(text !== '**');
        expect(matchesPattern(text, name)).toBe(matchesNaively(text, name));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['a*a*a', 'aa', false],
    ['**', 'a', true],
    ['**', 'a/b/c', true],
    ['*', 'a', true],
    ['*', 'a/b', false],
    ['team/**', 'team', true],
    ['team/**', 'team/a/b', true],
    ['team/**', 'teams/a', false],
    ['team/*', 'team', false],
    ['team/*', 'team/a', true],
    ['**/app', 'app', true],
    ['**/app', 'x/y/app', true],
    ['**/app', 'x/app/y', false],
    ['a*c/x', 'abc/x', true],
    ['a*c/x', 'ac/x', true],
    ['a*a', 'a', false],
    ['te*m', 'te/m', false],
    ['', 'a', false],
    ['A', 'a', false],
    ['a.c', 'abc', false],
    ['(a|b)', 'a', false],
  ])('%s means %s: %j', (text, name, is) => {
    expect(matchesPattern(text, name)).toBe(is);
  });

  it('is done with hostile patterns in no time', async () => {
    const long = Array.from({ length: 127 }, () => 'a').join('/');
    const time = await cpuTimeOf(async () => {
      expect(matchesPattern(`${'**/'.repeat(127)}b`, long)).toBe(false);
      expect(matchesPattern(`${'*a'.repeat(120)}b`, 'a'.repeat(255))).toBe(false);
    });
    expect(time).toBeLessThan(100);
  });
});

describe('coversPattern', () => {
  const covering = fc.oneof(
    fc.tuple(anyPattern, anyPattern),
    // One that was made from the other, since two drawn apart seldom have anything in common.
    anyPattern.chain((text) =>
      fc.tuple(
        fc.constant(text).map((one) => one.replaceAll('b', '*').replace(/\/.*/, '/**')),
        fc.constant(text),
      ),
    ),
  );

  it('says yes only where every name of the inner one is one of the outer one', () => {
    let covered = 0;
    fc.assert(
      fc.property(covering, anyRepository, ([outer, inner], name) => {
        if (!coversPattern(outer, inner)) return;
        covered++;
        if (matchesPattern(inner, name)) expect(matchesPattern(outer, name)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    expect(covered).toBeGreaterThan(1_000);
  });

  it('covers itself and each name it matches', () => {
    fc.assert(fc.property(anyPattern, (text) => coversPattern(text, text)));
    const plain = fc.array(fc.constantFrom('a', '*', 'a*', '**'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plain, anyRepository, (parts, name) => {
        const text = parts.filter((one, at) => one !== '**' || at === parts.length - 1).join('/');
        fc.pre(text !== '');
        expect(coversPattern(text, name)).toBe(matchesPattern(text, name));
      }),
    );
  });

  it.each([
    ['**', 'team/**', true],
    ['**', '*', true],
    ['team/**', 'team/app', true],
    ['team/**', 'team', true],
    ['team/**', 'team/*/x*', true],
    ['team/**', '**', false],
    ['team/**', '*/app', false],
    ['team/**', 'te*/app', false],
    ['team/*', 'team/**', false],
    ['team/*', 'team/a*', true],
    ['team/a*', 'team/*', false],
    ['team/a*', 'team/ab*', true],
    ['*/app', 'team/app', true],
    ['*', 'team/app', false],
    ['**/app', '**/app', true],
    ['team/app', 'team/app', true],
    ['team/app', 'team/app/**', false],
  ])('%s over %s: %j', (outer, inner, is) => {
    expect(coversPattern(outer, inner)).toBe(is);
  });
});

describe('parsePattern', () => {
  it.each(['a', 'team/app', 'team/*', 'team/**', '**', '*', '**/app', 'a*b/c.d_e-f', 'a'.repeat(255)])(
    '%s is one',
    (text) => {
      expect(parsePattern(text)).toBe(text);
    },
  );

  it.each(['', '/', 'a/', '/a', 'a//b', 'Team/app', 'a b', 'a:b', 'a***', 'a/b**', '***', 'a\n', 'ä', 'a'.repeat(256)])(
    '%j is none',
    (text) => {
      expect(parsePattern(text)).toBeUndefined();
    },
  );
});

describe('tags', () => {
  it.each([
    ['*', 'latest', true],
    ['v*', 'v1', true],
    ['v*', 'latest', false],
    ['v*.*', 'v1', false],
    ['v1', 'v1', true],
    ['v1', 'V1', false],
  ])('%s means %s: %j', (text, tag, is) => {
    expect(parseTagPattern(text)).toBe(text);
    expect(matchesTag(text, tag)).toBe(is);
  });

  it.each(['', 'a/b', 'a b', 'a:b', 'x'.repeat(129)])('%j means none', (text) => {
    expect(parseTagPattern(text)).toBeUndefined();
  });
});
