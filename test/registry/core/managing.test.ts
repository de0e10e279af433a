/** Who may manage accounts. */
import { expect, it } from 'vitest';
import { ANONYMOUS, type Principal } from '../../../src/registry/core/access.ts';
import { type Managing, decideManaging } from '../../../src/registry/core/managing.ts';

const by = (name: string, isAdmin: boolean, more: Partial<Principal> = {}): Principal => ({
  ...ANONYMOUS,
  user: { id: 1, name, isAdmin, passwordHash: '', passwordVersion: 1 },
  ...more,
});
const token = { accessTokenId: 1 };
const limited = { accessTokenId: 1, limits: [] };
const bearer = { scopes: { repositories: [], catalog: true } };

it.each([
  ['anybody', ANONYMOUS, ['credentials-needed', 'credentials-needed', 'credentials-needed', 'credentials-needed']],
  ['a user', by('ann', false), ['denied', 'allowed', 'denied', 'allowed']],
  ['the user, in capitals', by('ANN', false), ['denied', 'allowed', 'denied', 'allowed']],
  ['an administrator', by('root', true), ['allowed', 'allowed', 'allowed', 'allowed']],
  ['a token', by('ann', false, token), ['denied', 'password-needed', 'denied', 'password-needed']],
  ['a token for nothing', by('ann', false, limited), ['denied', 'password-needed', 'denied', 'password-needed']],
  ['a bearer', by('ann', false, bearer), ['denied', 'password-needed', 'denied', 'password-needed']],
  [
    'a token of an administrator',
    by('root', true, token),
    ['password-needed', 'password-needed', 'password-needed', 'password-needed'],
  ],
] as const)('by %s', (_, principal, expected) => {
  const questions: readonly (readonly [Managing, string])[] = [
    ['administrator', ''],
    ['account', 'Ann'],
    ['account', 'bob'],
    ['user', ''],
  ];
  expect(questions.map(([needs, named]) => decideManaging(principal, needs, named))).toEqual(expected);
});
