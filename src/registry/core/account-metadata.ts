/** What the registry needs to remember of its users, their tokens and their permissions. */
import type { MaybePromise } from './maybe-promise.ts';

/** What a principal may do in a repository. */
export type Action = 'pull' | 'push' | 'delete' | 'admin';

/** A user. Names are told apart without regard to case. */
export interface User {
  readonly id: number;
  /** As given when the user was made. */
  readonly name: string;
  /** As `hashPassword` made it. */
  readonly passwordHash: string;
  /** May do everything. */
  readonly isAdmin: boolean;
  /** Grows when the password changes, so that what was issued for the old one can be told. */
  readonly passwordVersion: number;
}

/** An access token: a second, limited password of a user. */
export interface AccessToken {
  readonly id: number;
  readonly userId: number;
  readonly name: string;
  /** What it may do at most; undefined: all that its user may. */
  readonly limits: readonly PermissionRule[] | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
}

/** Actions on all repositories that match a pattern. */
export interface PermissionRule {
  /** Path components; `*` stands for any one component, `**` for any number, inside a component `*` for any characters. */
  readonly pattern: string;
  readonly actions: readonly Action[];
}

/** A rule and whom it is for. */
export interface Permission extends PermissionRule {
  readonly id: number;
  /** `anonymous`: everybody; `authenticated`: every user; a number: that user. */
  readonly grantee: 'anonymous' | 'authenticated' | number;
}

/**
 * What holds for repositories whoever acts. `require-owner`: names begin with the user who pushes (S0-10).
 * `immutable-tags`: tags, once set, neither move nor go.
 */
export type PolicyRule =
  | { readonly kind: 'require-owner'; readonly pattern: string }
  | {
      readonly kind: 'immutable-tags';
      readonly pattern: string;
      /** Which tags: `*` stands for any characters. */
      readonly tags: string;
    };

/** A policy that is stored. */
export type Policy = PolicyRule & { readonly id: number };

/** Users, their tokens, and who may do what. */
export interface AccountMetadata {
  /** A number that grows with every change of users, tokens (but not their last use), permissions or policies. Cheap. */
  accountsVersion(): MaybePromise<number>;
  listUsers(): Promise<User[]>;
  findUser(name: string): Promise<User | undefined>;
  /** Makes a user or changes one of that name; a new hash raises the password's version. @returns the user as stored */
  putUser(user: { readonly name: string; readonly passwordHash: string; readonly isAdmin: boolean }): Promise<User>;
  /** @returns the user as stored, or undefined when there is one of that name already */
  createUser(user: {
    readonly name: string;
    readonly passwordHash: string;
    readonly isAdmin: boolean;
  }): Promise<User | undefined>;
  /** Changes a password and nothing else. @returns the user as stored, or undefined when there is none */
  changePassword(userId: number, passwordHash: string): Promise<User | undefined>;
  /**
   * Removes a user with all tokens and permissions.
   * @returns whether there was one
   * @throws RegistryError `administrator-needed` when nobody would be left who may manage the others
   */
  removeUser(name: string): Promise<boolean>;

  /** @param hash lower-case hex of the token's SHA-256 */
  findAccessToken(hash: string): Promise<AccessToken | undefined>;
  listAccessTokens(userId: number): Promise<AccessToken[]>;
  /** @returns the token as stored, or undefined when the user has one of that name already */
  createAccessToken(token: {
    readonly userId: number;
    readonly name: string;
    readonly hash: string;
    readonly limits: readonly PermissionRule[] | undefined;
    readonly expiresAt: Date | undefined;
  }): Promise<AccessToken | undefined>;
  /** Notes when a token was last used. Need not survive a power cut. */
  touchAccessToken(id: number, usedAt: Date): Promise<void>;
  /** @returns whether there was one */
  removeAccessToken(id: number): Promise<boolean>;

  /** A new store holds one: everybody may pull everything. */
  listPermissions(): Promise<Permission[]>;
  /** Adds actions to those that the grantee has for the pattern already. @returns the permission as it is then */
  addPermission(permission: Omit<Permission, 'id'>): Promise<Permission>;
  /**
   * Takes actions from a permission, which goes with the last of them.
   * @param actions all when undefined
   * @returns whether that changed anything
   */
  removePermission(id: number, actions?: readonly Action[]): Promise<boolean>;

  listPolicies(): Promise<Policy[]>;
  /** @returns the policy as stored, which it may have been before */
  addPolicy(policy: PolicyRule): Promise<Policy>;
  /** @returns whether there was one */
  removePolicy(id: number): Promise<boolean>;

  /**
   * A secret of the whole registry, made on first use and the same for ever after, for every replica.
   * @param name what it is for
   * @param bytes how long a new one shall be
   */
  secret(name: string, bytes: number): Promise<Uint8Array>;
}
