/** Users, tokens and permissions as they are now: read once, and again when they changed. */
import type { AccessToken, AccountMetadata, Permission, Policy, User } from '../core/account-metadata.ts';
import { type MaybePromise, andThen } from '../core/maybe-promise.ts';
import type { Clock } from '../core/ports.ts';
import { ACCESS_TOKEN_PREFIX, hashAccessToken } from './access-token.ts';

/** What the accounts were at one moment. */
interface AccountsSnapshot {
  readonly version: number;
  readonly permissions: readonly Permission[];
  readonly policies: readonly Policy[];
  readonly usersById: ReadonlyMap<number, User>;
  /** By lower-case name. */
  readonly usersByName: ReadonlyMap<string, User>;
  /** @param name in lower case */
  isUserName(name: string): boolean;
}

/** Reads accounts. */
export interface Accounts {
  /** Never older than the call. */
  current(): MaybePromise<AccountsSnapshot>;
  /** The configured rules are not what they were. */
  forget(): void;
  /** @returns the token with its user, if it is one and has not expired */
  findAccessToken(text: string): Promise<{ readonly token: AccessToken; readonly user: User } | undefined>;
  /** The same by the token's number. */
  accessTokenById(user: User, id: number): Promise<AccessToken | undefined>;
}

/** Rules that hold beside the stored ones. */
export interface ConfiguredRules {
  readonly permissions: (users: readonly User[]) => readonly Permission[];
  readonly policies: () => readonly Policy[];
}

/** The last use of a token is worth a write when it is this much later than the one before. */
const LAST_USE_STEP_MS = 60_000;

/** Makes the reader. */
export function createAccounts(metadata: AccountMetadata, configured: ConfiguredRules, clock: Clock): Accounts {
  let snapshot: AccountsSnapshot | undefined;
  const isLive = (token: AccessToken) => token.expiresAt === undefined || token.expiresAt > clock.now();
  const readAgain = async (version: number): Promise<AccountsSnapshot> =>
    (snapshot = await read(metadata, version, configured));
  const current = (): MaybePromise<AccountsSnapshot> =>
    andThen(metadata.accountsVersion(), (version) => (snapshot?.version === version ? snapshot : readAgain(version)));
  return {
    current,
    forget: () => void (snapshot = undefined),
    async findAccessToken(text) {
      if (!text.startsWith(ACCESS_TOKEN_PREFIX)) return undefined;
      const token = await metadata.findAccessToken(hashAccessToken(text));
      const user = token === undefined ? undefined : (await current()).usersById.get(token.userId);
      if (token === undefined || user === undefined || !isLive(token)) return undefined;
      const now = clock.now();
      if (now.getTime() - (token.lastUsedAt?.getTime() ?? 0) >= LAST_USE_STEP_MS)
        await metadata.touchAccessToken(token.id, now);
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
  configured: ConfiguredRules,
): Promise<AccountsSnapshot> {
  const users = await metadata.listUsers();
  const permissions = await metadata.listPermissions();
  const policies = await metadata.listPolicies();
  const usersByName = new Map(users.map((user) => [user.name.toLowerCase(), user]));
  return {
    version,
    permissions: [...permissions, ...configured.permissions(users)],
    policies: [...policies, ...configured.policies()],
    usersById: new Map(users.map((user) => [user.id, user])),
    usersByName,
    isUserName: (name) => usersByName.has(name),
  };
}
