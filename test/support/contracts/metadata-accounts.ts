/** The contract of metadata: users, permissions, policies, secrets. */
import { expect, it } from 'vitest';
import type { Metadata } from '../../../src/registry/core/ports.ts';

export function accountFacts(open: () => Promise<Metadata>): void {
  userFacts(open);
  permissionFacts(open);
  ruleFacts(open);
  secretFacts(open);
}

function userFacts(open: () => Promise<Metadata>): void {
  it('tells users apart without regard to case and shows them as first given (S0-08)', async () => {
    await using metadata = await open();
    const user = await metadata.putUser({ name: 'giteaAdmin', passwordHash: 'h1', isAdmin: true });
    expect(user).toEqual({ id: user.id, name: 'giteaAdmin', passwordHash: 'h1', isAdmin: true, passwordVersion: 1 });
    for (const name of ['giteaAdmin', 'giteaadmin', 'GITEAADMIN']) expect(await metadata.findUser(name)).toEqual(user);
    expect(await metadata.findUser('gitea')).toBeUndefined();
    expect(await metadata.findUser('gitea%')).toBeUndefined();
    const changed = await metadata.putUser({ name: 'GITEAadmin', passwordHash: 'h2', isAdmin: false });
    expect(changed).toEqual({
      id: user.id,
      name: 'giteaAdmin',
      passwordHash: 'h2',
      isAdmin: false,
      passwordVersion: 2,
    });
    expect(await metadata.listUsers()).toEqual([changed]);
  });

  it('raises the version of a password only with a new hash', async () => {
    await using metadata = await open();
    await metadata.putUser({ name: 'ann', passwordHash: 'h1', isAdmin: false });
    const version = async (passwordHash: string, isAdmin: boolean) =>
      (await metadata.putUser({ name: 'ann', passwordHash, isAdmin })).passwordVersion;
    expect(await version('h1', false)).toBe(1);
    expect(await version('h1', true)).toBe(1);
    expect(await version('h2', true)).toBe(2);
    expect(await version('h1', true)).toBe(3);
  });

  it('lists users by name, removes them, and never gives a number twice', async () => {
    await using metadata = await open();
    for (const name of ['bob', 'Zoe', 'ann']) await metadata.putUser({ name, passwordHash: 'h', isAdmin: false });
    expect((await metadata.listUsers()).map(({ name }) => name)).toEqual(['Zoe', 'ann', 'bob']);
    const last = await metadata.findUser('ann');
    expect(await metadata.removeUser('ANN')).toBe(true);
    expect(await metadata.removeUser('ann')).toBe(false);
    const again = await metadata.putUser({ name: 'ann', passwordHash: 'h', isAdmin: false });
    expect(again.id).toBeGreaterThan(last?.id ?? 0);
  });

  it('creates a user once, and changes the password alone', async () => {
    await using metadata = await open();
    const ann = await metadata.createUser({ name: 'Ann', passwordHash: 'h1', isAdmin: true });
    expect(ann).toEqual({ id: ann?.id, name: 'Ann', passwordHash: 'h1', isAdmin: true, passwordVersion: 1 });
    expect(await metadata.createUser({ name: 'ann', passwordHash: 'h2', isAdmin: false })).toBeUndefined();
    expect(await metadata.findUser('ann')).toEqual(ann);
    const changed = await metadata.changePassword(ann?.id ?? 0, 'h2');
    expect(changed).toEqual({ ...ann, passwordHash: 'h2', passwordVersion: 2 });
    expect(await metadata.changePassword(9_999, 'h2')).toBeUndefined();
    expect(await metadata.listUsers()).toEqual([changed]);
  });

  it('keeps an administrator, whoever is removed at the same time', async () => {
    await using metadata = await open();
    for (const name of ['ann', 'bob', 'cid'])
      await metadata.createUser({ name, passwordHash: 'h', isAdmin: name !== 'cid' });
    const removals = await Promise.allSettled([metadata.removeUser('ann'), metadata.removeUser('bob')]);
    expect(removals).toMatchObject([{ value: true }, { reason: { reason: 'administrator-needed' } }]);
    expect(await metadata.removeUser('cid')).toBe(true);
    expect((await metadata.listUsers()).map(({ name }) => name)).toEqual(['bob']);
  });

  it('takes no name that is not well-formed', async () => {
    await using metadata = await open();
    await expect(metadata.createUser({ name: 'a\ud800', passwordHash: 'h', isAdmin: false })).rejects.toThrow();
    await expect(metadata.putUser({ name: 'a\ud800', passwordHash: 'h', isAdmin: false })).rejects.toThrow();
    await metadata.putUser({ name: 'a\ufffd', passwordHash: 'h', isAdmin: false });
    expect(await metadata.findUser('a\ud800')).toBeUndefined();
    expect(await metadata.removeUser('a\ud800')).toBe(false);
  });

  it('raises the version of accounts with every change, and with nothing else', async () => {
    await using metadata = await open();
    let version = await metadata.accountsVersion();
    const raises = async (change: () => Promise<unknown>): Promise<boolean> => {
      const before = version;
      await change();
      version = await metadata.accountsVersion();
      return version > before;
    };
    const ann = { name: 'ann', passwordHash: 'h', isAdmin: false };
    expect(await raises(() => metadata.putUser(ann))).toBe(true);
    expect(await raises(() => metadata.putUser(ann))).toBe(false);
    expect(await raises(() => metadata.putUser({ ...ann, isAdmin: true }))).toBe(true);
    expect(
      await raises(() => metadata.addPermission({ grantee: 'authenticated', pattern: '*', actions: ['push'] })),
    ).toBe(true);
    expect(await raises(() => metadata.removePermission(9_999))).toBe(false);
    expect(await raises(() => metadata.removePermission(1))).toBe(true);
    const policy = { kind: 'require-owner', pattern: '**' } as const;
    expect(await raises(() => metadata.addPolicy(policy))).toBe(true);
    expect(await raises(() => metadata.addPolicy(policy))).toBe(false);
    expect(await raises(() => metadata.removePolicy(1))).toBe(true);
    expect(await raises(() => metadata.removePolicy(1))).toBe(false);
    const bob = { name: 'bob', passwordHash: 'h', isAdmin: true };
    expect(await raises(() => metadata.createUser(bob))).toBe(true);
    expect(await raises(() => metadata.createUser({ ...bob, name: 'BOB' }))).toBe(false);
    const bobsId = (await metadata.findUser('bob'))?.id ?? 0;
    expect(await raises(() => metadata.changePassword(bobsId, 'g'))).toBe(true);
    expect(await raises(() => metadata.changePassword(9_999, 'g'))).toBe(false);
    expect(await raises(() => metadata.removeUser('nobody'))).toBe(false);
    expect(await raises(() => metadata.removeUser('ann'))).toBe(true);
    expect(await raises(() => metadata.secret('a', 8))).toBe(false);
  });
}

function permissionFacts(open: () => Promise<Metadata>): void {
  it('lets everybody pull everything at first (S4-10)', async () => {
    await using metadata = await open();
    expect(await metadata.listPermissions()).toEqual([
      { id: expect.any(Number), grantee: 'anonymous', pattern: '**', actions: ['pull'] },
    ]);
  });

  it('keeps permissions in the order they were added, and removes them (S4-13)', async () => {
    await using metadata = await open();
    const { id: userId } = await metadata.putUser({ name: 'ann', passwordHash: 'h', isAdmin: false });
    const [seeded] = await metadata.listPermissions();
    const one = await metadata.addPermission({
      grantee: userId,
      pattern: 'team/**',
      actions: ['pull', 'push', 'delete', 'admin'],
    });
    const two = await metadata.addPermission({ grantee: 'authenticated', pattern: '*', actions: [] });
    expect(one).toEqual({
      id: one.id,
      grantee: userId,
      pattern: 'team/**',
      actions: ['pull', 'push', 'delete', 'admin'],
    });
    expect(await metadata.listPermissions()).toEqual([seeded, one, two]);
    expect(await metadata.removePermission(one.id)).toBe(true);
    expect(await metadata.removePermission(one.id)).toBe(false);
    expect(await metadata.removePermission(seeded?.id ?? 0)).toBe(true);
    expect(await metadata.listPermissions()).toEqual([two]);
  });

  it('go with their user', async () => {
    await using metadata = await open();
    const { id } = await metadata.putUser({ name: 'ann', passwordHash: 'h', isAdmin: false });
    await metadata.addPermission({ grantee: id, pattern: '**', actions: ['push'] });
    await metadata.removeUser('ann');
    expect((await metadata.listPermissions()).map(({ grantee }) => grantee)).toEqual(['anonymous']);
    await expect(metadata.addPermission({ grantee: id, pattern: '**', actions: ['push'] })).rejects.toThrow();
  });
}

function ruleFacts(open: () => Promise<Metadata>): void {
  it('adds up what a grantee may for a pattern, and takes it away action by action', async () => {
    await using metadata = await open();
    const { id: userId } = await metadata.putUser({ name: 'ann', passwordHash: 'h', isAdmin: false });
    const [seeded] = await metadata.listPermissions();
    const rule = { grantee: userId, pattern: 'team/**' };
    const [one, two] = await Promise.all([
      metadata.addPermission({ ...rule, actions: ['pull'] }),
      metadata.addPermission({ ...rule, actions: ['push', 'pull'] }),
    ]);
    expect(two).toEqual({ ...one, actions: ['pull', 'push'] });
    const other = await metadata.addPermission({ ...rule, grantee: 'authenticated', actions: ['pull'] });
    expect(await metadata.listPermissions()).toEqual([seeded, two, other]);
    expect(await metadata.removePermission(two.id, ['delete'])).toBe(false);
    expect(await metadata.removePermission(two.id, ['pull', 'delete'])).toBe(true);
    expect(await metadata.listPermissions()).toEqual([seeded, { ...two, actions: ['push'] }, other]);
    expect(await metadata.removePermission(two.id, ['push'])).toBe(true);
    expect(await metadata.listPermissions()).toEqual([seeded, other]);
  });

  it('keeps each policy once', async () => {
    await using metadata = await open();
    expect(await metadata.listPolicies()).toEqual([]);
    const owner = await metadata.addPolicy({ kind: 'require-owner', pattern: '**' });
    const tags = await metadata.addPolicy({ kind: 'immutable-tags', pattern: '**', tags: 'v*' });
    const others = await metadata.addPolicy({ kind: 'immutable-tags', pattern: '**', tags: '*' });
    expect(owner).toEqual({ id: owner.id, kind: 'require-owner', pattern: '**' });
    expect(tags).toEqual({ id: tags.id, kind: 'immutable-tags', pattern: '**', tags: 'v*' });
    expect(await metadata.addPolicy({ kind: 'immutable-tags', pattern: '**', tags: 'v*' })).toEqual(tags);
    expect(await metadata.listPolicies()).toEqual([owner, tags, others]);
    expect(await metadata.removePolicy(tags.id)).toBe(true);
    expect(await metadata.removePolicy(tags.id)).toBe(false);
    expect(await metadata.listPolicies()).toEqual([owner, others]);
  });
}

function secretFacts(open: () => Promise<Metadata>): void {
  it('makes a secret once, also when many ask at once', async () => {
    await using metadata = await open();
    const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => metadata.secret('signing', 32)));
    expect(first).toHaveLength(32);
    for (const other of others) expect(other).toEqual(first);
    expect(await metadata.secret('signing', 64)).toEqual(first);
    expect(await metadata.secret('other', 32)).not.toEqual(first);
  });
}
