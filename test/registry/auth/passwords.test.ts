/** Passwords: hashed, compared, and checked a few at a time. */
import { describe, expect, it } from 'vitest';
import { createPasswordCheck } from '../../../src/registry/auth/password-check.ts';
import { NOBODYS_HASH, hashPassword, verifyPassword } from '../../../src/registry/auth/passwords.ts';
import type { User } from '../../../src/registry/core/account-metadata.ts';
import { cheapHash, newPassword } from '../../support/accounts.ts';

describe('a password', () => {
  it('matches its hash and no other', async () => {
    const password = newPassword();
    const [one, other] = await Promise.all([hashPassword(password), hashPassword(password)]);
    expect(one).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(other);
    expect(
      await Promise.all(
        [password, `${password} `, '', password.toUpperCase()].map((guess) => verifyPassword(guess, one)),
      ),
    ).toEqual([true, false, false, false]);
  });

  it('is the same however its letters are composed', async () => {
    expect(await verifyPassword('Zu\u0308rich', cheapHash('Z\u00fcrich'.normalize('NFC')))).toBe(true);
  });

  it('may be empty or very long', async () => {
    for (const password of ['', 'x'.repeat(100_000)])
      expect(await verifyPassword(password, cheapHash(password))).toBe(true);
  });

  it.each(['', 'x', 'scrypt$', '$2y$05$abc', 'scrypt$2$8$1$$', 'scrypt$2$8$1$AAAA$', 'scrypt$a$8$1$AAAA$AAAA'])(
    'never matches %j, which is no hash',
    async (hash) => {
      expect(await verifyPassword('', hash)).toBe(false);
    },
  );

  it('of nobody is unknown to everybody', async () => {
    expect(await Promise.all(['', 'password', 'nobody'].map((guess) => verifyPassword(guess, NOBODYS_HASH)))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('checks', () => {
  const password = newPassword();
  const user: User = { id: 1, name: 'user', passwordHash: cheapHash(password), isAdmin: false, passwordVersion: 1 };

  it('take their turn, and beyond a queue are put off', async () => {
    const { verify } = createPasswordCheck();
    const checks = Array.from({ length: 80 }, (_, at) => verify(at % 2 === 0 ? password : 'wrong', user));
    const outcomes = await Promise.allSettled(checks);
    const answers = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(answers).toEqual(Array.from({ length: 66 }, (_, at) => at % 2 === 0));
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { reason: string }).reason] : [],
    );
    expect(refused).toEqual(Array.from({ length: 14 }, () => 'too-many-requests'));
    expect(await verify(password, user)).toBe(true);
  });

  it('of somebody unknown fail', async () => {
    expect(await createPasswordCheck().verify(password, undefined)).toBe(false);
  });

  it('that fail inside free their place', async () => {
    const { verify } = createPasswordCheck();
    const broken = { ...user, passwordHash: 'scrypt$3$8$1$AAAA$AAAA' };
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => verify('x', broken)));
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 'rejected'));
    expect(await verify(password, user)).toBe(true);
  });
});
