/** The contract of metadata: access tokens. */
import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { PermissionRule } from '../../../src/registry/core/account-metadata.ts';
import type { Metadata } from '../../../src/registry/core/ports.ts';

const LIMITS: readonly PermissionRule[] = [
  { pattern: 'team/**', actions: ['pull', 'push'] },
  { pattern: '*', actions: [] },
];

interface TokenSample {
  readonly userId: number;
  readonly name: string;
  readonly hash: string;
  readonly limits: readonly PermissionRule[] | undefined;
  readonly expiresAt: Date | undefined;
}

function newToken(userId: number, name: string): TokenSample {
  const hash = createHash('sha256').update(randomBytes(16)).digest('hex');
  return { userId, name, hash, limits: undefined, expiresAt: undefined };
}

export function accessTokenFacts(open: () => Promise<Metadata>, now: Date): void {
  const openWithUser = async (): Promise<{ readonly metadata: Metadata; readonly userId: number }> => {
    const metadata = await open();
    const { id } = await metadata.putUser({ name: 'ann', passwordHash: 'h', isAdmin: false });
    return { metadata, userId: id };
  };

  it('is found by its hash, as it was created (S4-11)', async () => {
    const { metadata, userId } = await openWithUser();
    await using _ = metadata;
    const sample = { ...newToken(userId, 'ci'), limits: LIMITS, expiresAt: new Date(now.getTime() + 1) };
    const created = await metadata.createAccessToken(sample);
    const { hash, ...rest } = sample;
    expect(created).toEqual({ id: created?.id, ...rest, createdAt: now, lastUsedAt: undefined });
    expect(await metadata.findAccessToken(hash)).toEqual(created);
    expect(await metadata.findAccessToken(hash.toUpperCase())).toBeUndefined();
  });

  it('is unlimited and without end when nothing is said, and powerless with no limits in the list', async () => {
    const { metadata, userId } = await openWithUser();
    await using _ = metadata;
    const free = await metadata.createAccessToken(newToken(userId, 'free'));
    const none = await metadata.createAccessToken({ ...newToken(userId, 'none'), limits: [] });
    expect(free).toMatchObject({ limits: undefined, expiresAt: undefined });
    expect(none?.limits).toEqual([]);
  });

  it('has a name of its own among the tokens of its user', async () => {
    const { metadata, userId } = await openWithUser();
    await using _ = metadata;
    const bob = await metadata.putUser({ name: 'bob', passwordHash: 'h', isAdmin: false });
    const first = newToken(userId, 'ci');
    const second = newToken(userId, 'ci');
    const version = await metadata.accountsVersion();
    expect(await metadata.createAccessToken(first)).toBeDefined();
    expect(await metadata.accountsVersion()).toBeGreaterThan(version);
    expect(await metadata.createAccessToken(second)).toBeUndefined();
    expect(await metadata.findAccessToken(second.hash)).toBeUndefined();
    expect(await metadata.createAccessToken(newToken(bob.id, 'ci'))).toBeDefined();
    expect(await metadata.createAccessToken(newToken(userId, 'CI'))).toBeDefined();
    expect((await metadata.listAccessTokens(userId)).map(({ name }) => name)).toEqual(['CI', 'ci']);
  });

  it('is refused with a hash that is there, or for a user that is not', async () => {
    const { metadata, userId } = await openWithUser();
    await using _ = metadata;
    const first = newToken(userId, 'one');
    await metadata.createAccessToken(first);
    await expect(metadata.createAccessToken({ ...first, name: 'two' })).rejects.toThrow();
    await expect(metadata.createAccessToken(newToken(userId + 1, 'ci'))).rejects.toThrow();
    expect((await metadata.listAccessTokens(userId)).map(({ name }) => name)).toEqual(['one']);
  });

  it('remembers when it was last used, which is no change of accounts', async () => {
    const { metadata, userId } = await openWithUser();
    await using _ = metadata;
    const sample = newToken(userId, 'ci');
    const created = await metadata.createAccessToken(sample);
    const version = await metadata.accountsVersion();
    await metadata.touchAccessToken(created?.id ?? 0, new Date(5));
    await metadata.touchAccessToken(9_999, new Date(6));
    expect((await metadata.findAccessToken(sample.hash))?.lastUsedAt).toEqual(new Date(5));
    expect(await metadata.accountsVersion()).toBe(version);
  });

  it('is revoked, alone or with its user', async () => {
    const { metadata, userId } = await openWithUser();
    await using _ = metadata;
    const [one, two] = [newToken(userId, 'one'), newToken(userId, 'two')];
    const created = await metadata.createAccessToken(one);
    await metadata.createAccessToken(two);
    const version = await metadata.accountsVersion();
    expect(await metadata.removeAccessToken(created?.id ?? 0)).toBe(true);
    expect(await metadata.accountsVersion()).toBeGreaterThan(version);
    expect(await metadata.removeAccessToken(created?.id ?? 0)).toBe(false);
    expect(await metadata.findAccessToken(one.hash)).toBeUndefined();
    await metadata.removeUser('ann');
    expect(await metadata.findAccessToken(two.hash)).toBeUndefined();
    expect(await metadata.listAccessTokens(userId)).toEqual([]);
  });
}
