/** Users, tokens and permissions for tests, with secrets made at run time. */
import { randomBytes, scryptSync } from 'node:crypto';
import { hashAccessToken, newAccessToken } from '../../src/registry/auth/access-token.ts';
import type { AccountMetadata, PermissionRule, User } from '../../src/registry/core/account-metadata.ts';

/** A user with the password in clear. */
export interface TestUser {
  readonly user: User;
  readonly password: string;
  /** An Authorization header. */
  readonly basic: string;
}

/** A password that nobody has had before. */
export function newPassword(): string {
  return randomBytes(12).toString('base64url');
}

/** The value of a Basic header. */
export function basicOf(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** Adds a user. Its password costs next to nothing to check, so that tests are fast. */
export async function addUser(
  metadata: AccountMetadata,
  name: string,
  { isAdmin = false, grants = [] }: { readonly isAdmin?: boolean; readonly grants?: readonly PermissionRule[] } = {},
): Promise<TestUser> {
  const password = newPassword();
  const user = await metadata.putUser({ name, passwordHash: cheapHash(password), isAdmin });
  for (const rule of grants) await metadata.addPermission({ ...rule, grantee: user.id });
  return { user, password, basic: basicOf(name, password) };
}

/** The hash of a password in the registry's own form, with the least work. */
export function cheapHash(password: string): string {
  const salt = randomBytes(16);
  const key = scryptSync(password, salt, 32, { N: 2, r: 8, p: 1 });
  return `scrypt$2$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Adds an access token. @returns the token in clear */
export async function addAccessToken(
  metadata: AccountMetadata,
  { user }: TestUser,
  { limits, expiresAt }: { readonly limits?: readonly PermissionRule[]; readonly expiresAt?: Date } = {},
): Promise<string> {
  const token = newAccessToken();
  const name = randomBytes(6).toString('hex');
  await metadata.createAccessToken({ userId: user.id, name, hash: hashAccessToken(token), limits, expiresAt });
  return token;
}

/** Takes away what a new store grants to everybody: pulling. */
export async function makePrivate(metadata: AccountMetadata): Promise<void> {
  for (const { id } of await metadata.listPermissions()) await metadata.removePermission(id);
}
