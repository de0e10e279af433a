/** Users of the configuration, and how open a registry is. */
import { describe, expect, it } from 'vitest';
import { hashAccessToken, newAccessToken } from '../../src/registry/auth/access-token.ts';
import { verifyPassword } from '../../src/registry/auth/passwords.ts';
import { openSqliteMetadata } from '../../src/registry/metadata/sqlite-metadata.ts';
import { UsersNeededError, ensureUsers, openness } from '../../src/registry/users.ts';
import { addUser, newPassword } from '../support/accounts.ts';

const open = () => openSqliteMetadata({ path: ':memory:', durability: 'fast' });
const at = (...hosts: string[]) => hosts.map((host) => ({ host, port: 0 }));

describe('configured users', () => {
  it('are made administrators, once', async () => {
    await using metadata = await open();
    const user = { name: 'giteaAdmin', password: newPassword(), token: newAccessToken() };
    for (let round = 0; round < 2; round++) await ensureUsers(metadata, [user]);
    const found = await metadata.findUser('giteaadmin');
    expect(found).toMatchObject({ name: 'giteaAdmin', isAdmin: true, passwordVersion: 1 });
    expect(await verifyPassword(user.password, found?.passwordHash ?? '')).toBe(true);
    expect((await metadata.findAccessToken(hashAccessToken(user.token)))?.userId).toBe(found?.id);
    expect(await metadata.listAccessTokens(found?.id ?? 0)).toHaveLength(1);
  });

  it('get a new password and token in the place of the old', async () => {
    await using metadata = await open();
    const before = { name: 'admin', password: newPassword(), token: newAccessToken() };
    const after = { name: 'ADMIN', password: newPassword(), token: newAccessToken() };
    await ensureUsers(metadata, [before]);
    await ensureUsers(metadata, [after]);
    const found = await metadata.findUser('admin');
    expect(found?.passwordVersion).toBe(2);
    expect(await verifyPassword(before.password, found?.passwordHash ?? '')).toBe(false);
    expect(await metadata.findAccessToken(hashAccessToken(before.token))).toBeUndefined();
    expect((await metadata.findAccessToken(hashAccessToken(after.token)))?.userId).toBe(found?.id);
  });

  it('become administrators if they are not, and others stay as they are', async () => {
    await using metadata = await open();
    const user = await addUser(metadata, 'user');
    const other = await addUser(metadata, 'other');
    await ensureUsers(metadata, [{ name: 'user', password: user.password, token: undefined }]);
    expect((await metadata.findUser('user'))?.isAdmin).toBe(true);
    expect(await metadata.findUser('other')).toEqual(other.user);
  });
});

describe('openness', () => {
  const someone = [{ id: 1, name: 'a', passwordHash: '', isAdmin: false, passwordVersion: 1 }];
  const writes = (permissions: readonly { readonly actions: readonly string[] }[]) =>
    permissions.some(({ actions }) => actions.includes('push'));

  it.each([
    ['on loopback, without users', at('127.0.0.1', '::1', 'localhost', '127.8.9.1'), false, [], true],
    ['on loopback, with users', at('127.0.0.1'), false, someone, false],
    ['anywhere, with users', at('0.0.0.0'), false, someone, false],
    ['anywhere, when asked for', at('0.0.0.0'), true, [], true],
    ['when asked for, with users', at('127.0.0.1'), true, someone, true],
  ])('%s', (_, listen, anonymousPush, users, isOpen) => {
    expect(writes(openness(listen, anonymousPush, users.length > 0)(users))).toBe(isOpen);
  });

  it.each([['0.0.0.0'], ['::'], ['192.168.1.1'], ['registry.example'], ['127.0.0.1.example'], ['localhost.example']])(
    'is refused at %s without users',
    (host) => {
      expect(() => openness(at('127.0.0.1', host), false, false)).toThrow(UsersNeededError);
    },
  );

  it('never makes anybody an administrator', () => {
    expect(openness(at('127.0.0.1'), true, false)([]).flatMap(({ actions }) => actions)).toEqual([
      'pull',
      'push',
      'delete',
    ]);
  });
});
