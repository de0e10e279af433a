/** Authentication: what is remembered, for how long, and what makes it be forgotten. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../../src/registry/auth/accounts.ts';
import { createAuthenticator } from '../../../src/registry/auth/authenticator.ts';
import { createBearerTokens } from '../../../src/registry/auth/bearer-token.ts';
import { createPasswordCheck } from '../../../src/registry/auth/password-check.ts';
import type { AccountMetadata, User } from '../../../src/registry/core/account-metadata.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { addAccessToken, addUser, basicOf, cheapHash, newPassword } from '../../support/accounts.ts';
import { StoppedClock } from '../../support/tokens.ts';

async function start() {
  const clock = new StoppedClock();
  const metadata = await openSqliteMetadata({ path: ':memory:', durability: 'fast', clock });
  const user = await addUser(metadata, 'User');
  let checks = 0;
  let lists = 0;
  const counted: AccountMetadata = { ...metadata, listUsers: () => (lists++, metadata.listUsers()) };
  const accounts = createAccounts(counted, { permissions: () => [], policies: () => [] }, clock);
  const real = createPasswordCheck();
  const passwords = {
    ...real,
    verify: (password: string, who: User | undefined) => (checks++, real.verify(password, who)),
  };
  const tokens = createBearerTokens(randomBytes(32), clock);
  const everywhere = createAuthenticator(accounts, tokens, passwords, clock);
  const authenticator = {
    authenticate: (header: string | undefined, client = '192.0.2.1') => everywhere.authenticate(header, () => client),
  };
  return { clock, metadata, user, authenticator, accounts, tokens, checks: () => checks, lists: () => lists };
}

const wrong = { reason: 'credentials-wrong' };

describe('good credentials', () => {
  it('are checked once, and again after ten minutes', async () => {
    const { authenticator, user, clock, checks } = await start();
    for (let round = 0; round < 3; round++)
      expect((await authenticator.authenticate(user.basic)).user?.id).toBe(user.user.id);
    expect(checks()).toBe(1);
    clock.advance(599);
    await authenticator.authenticate(user.basic);
    expect(checks()).toBe(1);
    clock.advance(1);
    await authenticator.authenticate(user.basic);
    expect(checks()).toBe(2);
  });

  it('are checked once for many requests at a time', async () => {
    const { authenticator, user, checks } = await start();
    await Promise.all(Array.from({ length: 50 }, async () => authenticator.authenticate(user.basic)));
    expect(checks()).toBe(1);
  });

  it('are checked again when accounts change', async () => {
    const { authenticator, user, metadata, checks } = await start();
    await authenticator.authenticate(user.basic);
    await addUser(metadata, 'another');
    await authenticator.authenticate(user.basic);
    expect(checks()).toBe(2);
    await metadata.putUser({ name: 'user', passwordHash: cheapHash(newPassword()), isAdmin: false });
    await expect(authenticator.authenticate(user.basic)).rejects.toMatchObject(wrong);
  });

  it('are forgotten when a thousand others came since', async () => {
    const { authenticator, user, metadata, checks } = await start();
    await authenticator.authenticate(user.basic);
    const token = await addAccessToken(metadata, user);
    await authenticator.authenticate(user.basic);
    expect(checks()).toBe(2);
    // The same token under a thousand names for its scheme: each is another header.
    for (let at = 0; at < 1_000; at++) await authenticator.authenticate(`Bearer ${' '.repeat(at)}${token}`);
    await authenticator.authenticate(user.basic);
    expect(checks()).toBe(3);
  });

  it('that end are not remembered beyond', async () => {
    const { authenticator, user, metadata, clock, tokens } = await start();
    const token = await addAccessToken(metadata, user, { expiresAt: new Date(clock.now().getTime() + 5_000) });
    const bearer = tokens.issueAccess(
      {
        userId: user.user.id,
        passwordVersion: 1,
        accessTokenId: undefined,
        scopes: { repositories: [], catalog: false },
      },
      undefined,
    ).token;
    const headers = [basicOf('user', token), `Bearer ${token}`, `Bearer ${bearer}`];
    for (const header of headers) await authenticator.authenticate(header);
    clock.advance(5);
    await expect(authenticator.authenticate(headers[0])).rejects.toMatchObject(wrong);
    await expect(authenticator.authenticate(headers[1])).rejects.toMatchObject(wrong);
    await authenticator.authenticate(headers[2]);
    clock.advance(295);
    await expect(authenticator.authenticate(headers[2])).rejects.toMatchObject(wrong);
  });
});

describe('bad credentials', () => {
  it('are checked each time', async () => {
    const { authenticator, checks } = await start();
    for (let round = 0; round < 3; round++)
      await expect(authenticator.authenticate(basicOf('user', 'wrong'))).rejects.toMatchObject(wrong);
    expect(checks()).toBe(3);
  });

  it('of an unknown user cost a check as well', async () => {
    const { authenticator, checks } = await start();
    await expect(authenticator.authenticate(basicOf('nobody', 'x'))).rejects.toMatchObject(wrong);
    expect(checks()).toBe(1);
  });
});

describe('headers', () => {
  it.each([undefined, 'Basic', 'basic ', 'Basic Og==', 'BASIC    Og=='])('%j is anybody', async (header) => {
    const { authenticator } = await start();
    expect((await authenticator.authenticate(header)).user).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    'Bearer',
    'Bearer ',
    'token',
    'Negotiate x',
    '__proto__ x',
    'Basic dXNlcg==',
    'Basic OnBhc3N3b3Jk',
  ])('%j is refused', async (header) => {
    const { authenticator } = await start();
    await expect(authenticator.authenticate(header)).rejects.toMatchObject(wrong);
  });

  it('may hold a password with colons and letters of any script', async () => {
    const { authenticator, metadata } = await start();
    const password = `a:b:\u00fc\u{1f433}${newPassword()}`;
    await metadata.putUser({ name: 'odd', passwordHash: cheapHash(password), isAdmin: false });
    expect((await authenticator.authenticate(basicOf('ODD', password))).user?.name).toBe('odd');
  });
});

describe('accounts', () => {
  it('are read when they change, not at each request', async () => {
    const { accounts, metadata, user, lists } = await start();
    for (let round = 0; round < 5; round++) await accounts.current();
    expect(lists()).toBe(1);
    const token = await addAccessToken(metadata, user);
    await accounts.findAccessToken(token);
    for (let round = 0; round < 5; round++) await accounts.findAccessToken(token);
    expect(lists()).toBe(2);
    expect((await metadata.listAccessTokens(user.user.id))[0]?.lastUsedAt).toEqual(expect.any(Date));
  });
});
