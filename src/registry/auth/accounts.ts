/** Users, tokens and permissions as they are now: read once, and again when they changed. */
import type { AccessToken, AccountMetadata, Permission, User } from '../core/account-metadata.ts';
import type { Clock } from '../core/ports.ts';
import { ACCESS_TOKEN_PREFIX, hashAccessToken } from './access-token.ts';

/** What the accounts were at one moment. */
export interface AccountsSnapshot {
  readonly version: number;
  readonly permissions: readonly Permission[];
  readonly usersById: ReadonlyMap<number, User>;
  /** By lower-case name. */
  readonly usersByName: ReadonlyMap<string, User>;
}

/** Reads accounts. */
export interface Accounts {
  /** Never older than the call. */
  current(): Promise<AccountsSnapshot>;
  /** @returns the token with its user, if it is one and has not expired */
  findAccessToken(text: string): Promise<{ readonly token: AccessToken; readonly user: User } | undefined>;
  /** The same by the token's number. */
  accessTokenById(user: User, id: number): Promise<AccessToken | undefined>;
}

/**
 * Makes the reader.
 * @param extra permissions that hold beside the stored ones, for given users
 */
export function createAccounts(
  metadata: AccountMetadata,
  extra: (users: readonly User[]) => readonly Permission[],
  clock: Clock,
): Accounts {
  let snapshot: AccountsSnapshot | undefined;
  const isLive = (token: AccessToken) => token.expiresAt === undefined || token.expiresAt > clock.now();
  const current = async (): Promise<AccountsSnapshot> => {
    const version = await metadata.accountsVersion();
    if (snapshot?.version !== version) snapshot = await read(metadata, version, extra);
    return snapshot;
  };
  return {
    current,
    async findAccessToken(text) {
      if (!text.startsWith(ACCESS_TOKEN_PREFIX)) return undefined;
      const token = await metadata.findAccessToken(hashAccessToken(text));
      const user = token === undefined ? undefined : (await current()).usersById.get(token.userId);
      if (token === undefined || user === undefined || !isLive(token)) return undefined;
      await metadata.touchAccessToken(token.id, clock.now());
      return { token, user };
    },
    async accessTokenById(user, id) {
      const tokens = await metadata.listAccessTokens(user.id);
      return tokens.find((token) => token.id === id && isLive(token));
    },
  };
}

async function read(
  metadata: AccountMetadata,
  version: number,
  extra: (users: readonly User[]) => readonly Permission[],
): Promise<AccountsSnapshot> {
  const users = await metadata.listUsers();
  const stored = await metadata.listPermissions();
  return {
    version,
    permissions: [...stored, ...extra(users)],
    usersById: new Map(users.map((user) => [user.id, user])),
    usersByName: new Map(users.map((user) => [user.name.toLowerCase(), user])),
  };
}
