/** Decisions: who may do what, and which repositories a pattern means. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRepositoryName } from '../../../src/oci/repository.ts';
import {
  ALL_ACTIONS,
  ANONYMOUS,
  type Principal,
  allows,
  decide,
  matchesPattern,
} from '../../../src/registry/core/access.ts';
import type { Action, Permission, PermissionRule, User } from '../../../src/registry/core/account-metadata.ts';
import { repositoryName } from '../../support/contracts/metadata-samples.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';

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

const part = fc.oneof(
  fc.constantFrom('**', '*', 'a', 'b', 'a*', '*b', 'a*b', '*a*', 'aa', 'ab'),
  fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), minLength: 1, maxLength: 5 }),
);
const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const repository = fc
  .array(fc.constantFrom('a', 'b', 'aa', 'ab', 'abb', 'a.b', 'ba'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'));

describe('matchesPattern', () => {
  it('agrees with a second reading', () => {
    fc.assert(
      fc.property(pattern, repository, (text, name) => {
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

const user = (id: number, isAdmin = false): User => ({
  id,
  name: `user${id}`,
  passwordHash: '',
  isAdmin,
  passwordVersion: 1,
});
/** @param scopes of a bearer token; @param limits of an access token */
const principal = (
  who: User | undefined,
  scopes?: readonly PermissionRule[],
  limits?: readonly PermissionRule[],
): Principal => ({
  ...ANONYMOUS,
  user: who,
  limits,
  scopes: scopes === undefined ? undefined : { repositories: scopes, catalog: false },
});
const permission = (grantee: Permission['grantee'], text: string, ...actions: Action[]): Permission => ({
  id: 0,
  grantee,
  pattern: text,
  actions,
});
const A = repositoryName('team/a');

describe('decide', () => {
  const permissions = [
    permission('anonymous', 'public/**', 'pull'),
    permission('authenticated', 'team/**', 'pull'),
    permission(1, 'team/*', 'push'),
    permission(2, '**', 'pull', 'push'),
  ];

  it.each([
    ['anybody, what everybody may', undefined, 'pull', 'public/x', 'allowed'],
    ['anybody, no more', undefined, 'push', 'public/x', 'denied'],
    ['anybody, elsewhere', undefined, 'pull', 'team/a', 'denied'],
    ['a user, what users may', user(3), 'pull', 'team/a', 'allowed'],
    ['a user, what others may', user(3), 'push', 'team/a', 'denied'],
    ['a user, what it may itself', user(1), 'push', 'team/a', 'allowed'],
    ['a user, deeper than its pattern', user(1), 'push', 'team/a/b', 'denied'],
    ['a user, what everybody may', user(3), 'pull', 'public/x', 'allowed'],
    ['an administrator', user(4, true), 'admin', 'anything', 'allowed'],
  ] as const)('%s', (_, who, action, name, decision) => {
    expect(decide(permissions, principal(who), action, repositoryName(name))).toBe(decision);
  });

  it('lets credentials take away, never give', () => {
    const pullOnly = [{ pattern: '**', actions: ['pull'] as const }];
    const elsewhere = [{ pattern: 'other', actions: ALL_ACTIONS }];
    const admin = user(4, true);
    expect(decide(permissions, principal(admin, pullOnly), 'pull', A)).toBe('allowed');
    expect(decide(permissions, principal(admin, pullOnly), 'push', A)).toBe('beyond-scopes');
    expect(decide(permissions, principal(admin, []), 'pull', A)).toBe('beyond-scopes');
    // Another bearer token can be had; no other access token is at hand.
    expect(decide(permissions, principal(admin, undefined, pullOnly), 'pull', A)).toBe('allowed');
    expect(decide(permissions, principal(admin, undefined, pullOnly), 'push', A)).toBe('denied');
    expect(decide(permissions, principal(admin, pullOnly, elsewhere), 'pull', A)).toBe('denied');
    expect(decide(permissions, principal(user(3), [{ pattern: '**', actions: ALL_ACTIONS }]), 'push', A)).toBe(
      'denied',
    );
    // What everybody may needs no credentials, so credentials cannot take it away.
    expect(decide(permissions, principal(user(3), []), 'pull', repositoryName('public/x'))).toBe('allowed');
  });

  it('never allows what no rule grants, whatever the credentials', () => {
    const action = fc.constantFrom(...ALL_ACTIONS);
    const rule = fc.record({ pattern, actions: fc.uniqueArray(action) });
    const anyRules = fc.array(
      fc.record({
        id: fc.constant(0),
        grantee: fc.constantFrom('anonymous' as const, 'authenticated' as const, 1, 2),
        pattern,
        actions: fc.uniqueArray(action),
      }),
    );
    fc.assert(
      fc.property(
        anyRules,
        fc.option(fc.constantFrom(1, 2)),
        fc.option(fc.array(rule), { nil: undefined }),
        fc.option(fc.array(rule), { nil: undefined }),
        action,
        repository,
        (all, id, scopes, limits, wanted, name) => {
          const found = parseRepositoryName(name);
          if (found === undefined) return;
          const who = principal(id === null ? undefined : user(id), scopes, limits);
          const isWithin = (rules = [{ pattern: '**', actions: ALL_ACTIONS }]) =>
            rules.some((one) => allows(one, wanted, found));
          const isFor = ({ grantee }: Permission) =>
            grantee === 'anonymous' || (id !== null && (grantee === 'authenticated' || grantee === id));
          const isGranted = all.some((one) => isFor(one) && allows(one, wanted, found));
          const isOpen = all.some((one) => one.grantee === 'anonymous' && allows(one, wanted, found));
          const isCovered = isGranted && isWithin(limits);
          const expected = isOpen ? 'allowed' : !isCovered ? 'denied' : isWithin(scopes) ? 'allowed' : 'beyond-scopes';
          expect(decide(all, who, wanted, found)).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
