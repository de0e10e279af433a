/** Decisions: who may do what. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRepositoryName } from '../../../src/oci/repository.ts';
import {
  ALL_ACTIONS,
  ANONYMOUS,
  type AccessRules,
  type Principal,
  allows,
  createAccess,
  decide,
} from '../../../src/registry/core/access.ts';
import type { Action, Permission, PermissionRule, User } from '../../../src/registry/core/account-metadata.ts';
import { repositoryName, tagOf } from '../../support/contracts/metadata-samples.ts';
import { anyPattern, anyRepository } from './pattern-samples.ts';

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
    const rule = fc.record({ pattern: anyPattern, actions: fc.uniqueArray(action) });
    const anyRules = fc.array(
      fc.record({
        id: fc.constant(0),
        grantee: fc.constantFrom('anonymous' as const, 'authenticated' as const, 1, 2),
        pattern: anyPattern,
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
        anyRepository,
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

describe('rules', () => {
  const none: AccessRules = { permissions: [], policies: [], isUserName: (name) => /^user\d$/.test(name) };
  const owned: AccessRules = { ...none, policies: [{ id: 1, kind: 'require-owner', pattern: '*/**' }] };

  it.each([
    ['their own name', user(1), 'push', 'user1/app', 'allowed'],
    ['deeper in their own name', user(1), 'delete', 'user1/a/b', 'allowed'],
    ['their own name, to say who may', user(1), 'admin', 'user1/app', 'denied'],
    ['the name of another user', user(1), 'push', 'user2/app', 'not-owner'],
    ['nobody’s name', user(1), 'push', 'team/app', 'not-owner'],
    ['a name that only begins like theirs', user(1), 'push', 'user11/app', 'not-owner'],
    ['a name of one part', user(1), 'push', 'user1', 'not-owner'],
    ['an administrator, the name of a user', user(4, true), 'push', 'user2/app', 'allowed'],
    ['an administrator, nobody’s name', user(4, true), 'push', 'team/app', 'not-owner'],
    ['an administrator, to delete', user(4, true), 'delete', 'team/app', 'allowed'],
    ['anybody', undefined, 'push', 'user1/app', 'denied'],
    ['the name of another user, to pull', user(1), 'pull', 'user2/app', 'denied'],
  ] as const)('of ownership: %s', (_, who, action, name, decision) => {
    const rules = { ...owned, policies: [{ id: 1, kind: 'require-owner' as const, pattern: '**' }] };
    expect(createAccess(() => rules).decide(principal(who), action, repositoryName(name))).toBe(decision);
  });

  it('of ownership count without regard to the case of the user, before permissions, and where they hold', () => {
    const capital = { ...user(1), name: 'giteaAdmin' };
    const rules = { ...none, policies: owned.policies, permissions: [permission(1, '**', 'push')] };
    const access = createAccess(() => rules);
    expect(access.decide(principal(capital), 'push', repositoryName('giteaadmin/app'))).toBe('allowed');
    expect(access.decide(principal(capital), 'push', repositoryName('team/app'))).toBe('not-owner');
    const elsewhere = { ...rules, policies: [{ id: 1, kind: 'require-owner' as const, pattern: 'owned/**' }] };
    expect(createAccess(() => elsewhere).decide(principal(capital), 'push', A)).toBe('allowed');
  });

  it('of ownership give nothing that credentials take away', () => {
    const access = createAccess(() => owned);
    const pullOnly = [{ pattern: '**', actions: ['pull'] as const }];
    const own = repositoryName('user1/app');
    expect(access.decide(principal(user(1), undefined, pullOnly), 'push', own)).toBe('denied');
    expect(access.decide(principal(user(1), pullOnly), 'push', own)).toBe('beyond-scopes');
    expect(access.shows(principal(user(1)), own)).toBe(true);
    expect(access.shows(principal(user(2)), own)).toBe(false);
  });

  it('of tags hold for the tags and repositories they name', () => {
    const policies = [{ id: 1, kind: 'immutable-tags' as const, pattern: 'team/**', tags: 'v*' }];
    const { fixesTag } = createAccess(() => ({ ...none, policies }));
    expect(fixesTag(A, tagOf('v1'))).toBe(true);
    expect(fixesTag(A, tagOf('latest'))).toBe(false);
    expect(fixesTag(repositoryName('other'), tagOf('v1'))).toBe(false);
    expect(createAccess(() => owned).fixesTag(A, tagOf('v1'))).toBe(false);
  });

  it.each([
    ['everybody, where anybody may', undefined, [permission('anonymous', '**', 'pull')], undefined, true],
    [
      'nobody unknown, where only some may be pulled',
      undefined,
      [permission('anonymous', 'a/**', 'pull')],
      undefined,
      false,
    ],
    ['nobody unknown, where they may only push', undefined, [permission('anonymous', '**', 'push')], undefined, false],
    ['administrators', user(9, true), [], undefined, true],
    ['users who may', user(1), [permission(1, '**', 'pull')], undefined, true],
    ['users of whom all may', user(1), [permission('authenticated', '**', 'pull')], undefined, true],
    ['no other users', user(1), [permission(2, '**', 'pull'), permission(1, '*/**', 'pull')], undefined, false],
    ['an access token for all', user(9, true), [], [{ pattern: '**', actions: ['pull'] as const }], true],
    ['no access token for some', user(9, true), [], [{ pattern: 'a/**', actions: ['pull'] as const }], false],
    ['no access token for pushing', user(9, true), [], [{ pattern: '**', actions: ['push'] as const }], false],
  ] as const)('let pull everything: %s', (_, who, permissions, limits, expected) => {
    const access = createAccess(() => ({ ...none, permissions }));
    expect(access.pullsEverything(principal(who, undefined, limits))).toBe(expected);
  });

  it('do not let a bearer token pull everything, since none is for that', () => {
    const access = createAccess(() => none);
    expect(access.pullsEverything(principal(user(9, true), [{ pattern: 'a', actions: ['pull'] }]))).toBe(false);
  });

  it('let administrators of repositories say who may do what there, and nowhere else', () => {
    const permissions = [
      permission(1, 'team/**', 'admin'),
      permission(2, 'team/**', 'pull', 'push', 'delete'),
      permission('anonymous', '**', 'admin'),
      permission('authenticated', 'sandbox/**', 'admin'),
    ];
    const { administers } = createAccess(() => ({ ...none, permissions }));
    expect(administers(principal(user(1)), 'team/app')).toBe(true);
    expect(administers(principal(user(1)), 'team/*')).toBe(true);
    expect(administers(principal(user(1)), '**')).toBe(false);
    expect(administers(principal(user(2)), 'team/app')).toBe(false);
    expect(administers(principal(user(2)), 'sandbox/x')).toBe(true);
    expect(administers(principal(user(4, true)), '**')).toBe(true);
    expect(administers(principal(undefined), 'sandbox/x')).toBe(false);
  });
});
