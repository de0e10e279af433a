/** Access tokens, found by the hash of what their users keep. */
import type { DatabaseSync } from 'node:sqlite';
import type { AccessToken, AccountMetadata } from '../../core/account-metadata.ts';
import type { Clock } from '../../core/ports.ts';
import type { Writes } from '../group-commit.ts';
import { type Row, dateOf, integerOf, optionalDateOf, optionalTextOf, textOf } from '../rows.ts';
import type { AccountsVersion } from './accounts-version.ts';
import { readLimits, writeLimits } from './permission-rules.ts';

type AccessTokens = Pick<
  AccountMetadata,
  'findAccessToken' | 'listAccessTokens' | 'createAccessToken' | 'touchAccessToken' | 'removeAccessToken'
>;

const COLUMNS = 'id, user_id, name, limits, created_at, expires_at, last_used_at';
const FIND = `SELECT ${COLUMNS} FROM access_tokens WHERE hash = ?`;
const LIST = `SELECT ${COLUMNS} FROM access_tokens WHERE user_id = ? ORDER BY name`;
/** Gives no row back when the user has a token of that name; a hash that is there already is an error. */
const CREATE = `
INSERT INTO access_tokens (user_id, name, hash, limits, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (user_id, name) DO NOTHING RETURNING ${COLUMNS}`;
const TOUCH = 'UPDATE access_tokens SET last_used_at = ? WHERE id = ?';
const REMOVE = 'DELETE FROM access_tokens WHERE id = ?';

/** Prepares the methods of `Metadata` about access tokens. */
export function openAccessTokens(
  database: DatabaseSync,
  version: AccountsVersion,
  writes: Writes,
  clock: Clock,
): AccessTokens {
  const find = database.prepare(FIND);
  const list = database.prepare(LIST);
  const create = database.prepare(CREATE);
  const touch = database.prepare(TOUCH);
  const remove = database.prepare(REMOVE);
  return {
    async findAccessToken(hash) {
      const row = find.get(hash);
      return row === undefined ? undefined : toAccessToken(row);
    },
    async listAccessTokens(userId) {
      return list.all(userId).map(toAccessToken);
    },
    createAccessToken: ({ userId, name, hash, limits, expiresAt }) =>
      writes.run(() => {
        const expires = expiresAt === undefined ? null : expiresAt.getTime();
        const row = create.get(userId, name, hash, writeLimits(limits), clock.now().getTime(), expires);
        if (row === undefined) return undefined;
        version.raise();
        return toAccessToken(row);
      }),
    touchAccessToken: (id, usedAt) => writes.runUnsynced(() => void touch.run(usedAt.getTime(), id)),
    removeAccessToken: (id) =>
      writes.run(() => {
        const isRemoved = remove.run(id).changes !== 0;
        if (isRemoved) version.raise();
        return isRemoved;
      }),
  };
}

function toAccessToken(row: Row): AccessToken {
  return {
    id: integerOf(row, 'id'),
    userId: integerOf(row, 'user_id'),
    name: textOf(row, 'name'),
    limits: readLimits(optionalTextOf(row, 'limits')),
    createdAt: dateOf(row, 'created_at'),
    expiresAt: optionalDateOf(row, 'expires_at'),
    lastUsedAt: optionalDateOf(row, 'last_used_at'),
  };
}
