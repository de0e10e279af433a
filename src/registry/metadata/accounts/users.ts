/** Users. */
import type { DatabaseSync } from 'node:sqlite';
import type { AccountMetadata, User } from '../../core/account-metadata.ts';
import { RegistryError } from '../../core/registry-error.ts';
import type { Writes } from '../group-commit.ts';
import { type Row, integerOf, textOf } from '../rows.ts';
import type { AccountsVersion } from './accounts-version.ts';

type Users = Pick<
  AccountMetadata,
  'listUsers' | 'findUser' | 'putUser' | 'createUser' | 'changePassword' | 'removeUser'
>;

const COLUMNS = 'id, name, password_hash, is_admin, password_version';
const LIST = `SELECT ${COLUMNS} FROM users ORDER BY name`;
const FIND = `SELECT ${COLUMNS} FROM users WHERE folded_name = ?`;
const ADD = `
INSERT INTO users (folded_name, name, password_hash, is_admin) VALUES (?, ?, ?, ?) RETURNING ${COLUMNS}`;
const CHANGE = `
UPDATE users SET password_version = password_version + (password_hash <> ?), password_hash = ?, is_admin = ?
WHERE id = ? RETURNING ${COLUMNS}`;
const CHANGE_PASSWORD = `
UPDATE users SET password_version = password_version + 1, password_hash = ? WHERE id = ? RETURNING ${COLUMNS}`;
const OTHER_ADMIN = 'SELECT 1 FROM users WHERE is_admin = 1 AND id <> ? LIMIT 1';
/** Tokens and permissions of the user go with it. */
const REMOVE = 'DELETE FROM users WHERE id = ?';

/** Prepares the methods of `Metadata` about users. */
export function openUsers(database: DatabaseSync, version: AccountsVersion, writes: Writes): Users {
  const list = database.prepare(LIST);
  const find = database.prepare(FIND);
  const add = database.prepare(ADD);
  const change = database.prepare(CHANGE);
  const changePassword = database.prepare(CHANGE_PASSWORD);
  const otherAdmin = database.prepare(OTHER_ADMIN);
  const remove = database.prepare(REMOVE);

  function findUser(name: string): User | undefined {
    const row = find.get(foldName(name));
    return row === undefined ? undefined : toUser(row);
  }

  return {
    async listUsers() {
      return list.all().map(toUser);
    },
    async findUser(name) {
      return name.isWellFormed() ? findUser(name) : undefined;
    },
    async putUser({ name, passwordHash, isAdmin }) {
      requireWellFormed(name);
      const admin = isAdmin ? 1 : 0;
      return writes.run(() => {
        const user = findUser(name);
        if (user?.passwordHash === passwordHash && user.isAdmin === isAdmin) return user;
        const row =
          user === undefined
            ? add.get(foldName(name), name, passwordHash, admin)
            : change.get(passwordHash, passwordHash, admin, user.id);
        if (row === undefined) throw new Error(`The user ${name} was not stored.`);
        version.raise();
        return toUser(row);
      });
    },
    async createUser({ name, passwordHash, isAdmin }) {
      requireWellFormed(name);
      return writes.run(() => {
        if (findUser(name) !== undefined) return undefined;
        const row = add.get(foldName(name), name, passwordHash, isAdmin ? 1 : 0);
        version.raise();
        return row === undefined ? undefined : toUser(row);
      });
    },
    changePassword: (userId, passwordHash) =>
      writes.run(() => {
        const row = changePassword.get(passwordHash, userId);
        if (row === undefined) return undefined;
        version.raise();
        return toUser(row);
      }),
    async removeUser(name) {
      if (!name.isWellFormed()) return false;
      return writes.run(() => {
        const user = findUser(name);
        if (user === undefined) return false;
        if (user.isAdmin && otherAdmin.get(user.id) === undefined) throw administratorNeeded(user);
        remove.run(user.id);
        version.raise();
        return true;
      });
    },
  };
}

function requireWellFormed(name: string): void {
  if (!name.isWellFormed()) throw new TypeError('The name of a user is not well-formed Unicode.');
}

function administratorNeeded({ name }: User): RegistryError {
  return new RegistryError('administrator-needed', `The only administrator is ${name}: add another one first.`);
}

/** What tells users apart. SQLite would turn every lone surrogate into the same character: such names are refused. */
function foldName(name: string): string {
  return name.toLowerCase();
}

function toUser(row: Row): User {
  return {
    id: integerOf(row, 'id'),
    name: textOf(row, 'name'),
    passwordHash: textOf(row, 'password_hash'),
    isAdmin: integerOf(row, 'is_admin') === 1,
    passwordVersion: integerOf(row, 'password_version'),
  };
}
