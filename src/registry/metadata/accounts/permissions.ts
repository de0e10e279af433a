/** Who may do what. */
import type { DatabaseSync } from 'node:sqlite';
import type { AccountMetadata, Permission } from '../../core/account-metadata.ts';
import type { Writes } from '../group-commit.ts';
import { type Row, integerOf, textOf } from '../rows.ts';
import type { AccountsVersion } from './accounts-version.ts';
import { readActions, writeActions } from './permission-rules.ts';

type Permissions = Pick<AccountMetadata, 'listPermissions' | 'addPermission' | 'removePermission'>;

const COLUMNS = 'id, audience, user_id, pattern, actions';
const LIST = `SELECT ${COLUMNS} FROM permissions ORDER BY id`;
const ADD = `INSERT INTO permissions (audience, user_id, pattern, actions) VALUES (?, ?, ?, ?) RETURNING ${COLUMNS}`;
const REMOVE = 'DELETE FROM permissions WHERE id = ?';

/** Prepares the methods of `Metadata` about permissions. */
export function openPermissions(database: DatabaseSync, version: AccountsVersion, writes: Writes): Permissions {
  const list = database.prepare(LIST);
  const add = database.prepare(ADD);
  const remove = database.prepare(REMOVE);
  return {
    async listPermissions() {
      return list.all().map(toPermission);
    },
    addPermission: ({ grantee, pattern, actions }) =>
      writes.run(() => {
        const [audience, userId] =
          typeof grantee === 'number' ? (['user', grantee] as const) : ([grantee, null] as const);
        const row = add.get(audience, userId, pattern, writeActions(actions));
        if (row === undefined) throw new Error('The permission was not stored.');
        version.raise();
        return toPermission(row);
      }),
    removePermission: (id) =>
      writes.run(() => {
        const isRemoved = remove.run(id).changes !== 0;
        if (isRemoved) version.raise();
        return isRemoved;
      }),
  };
}

function toPermission(row: Row): Permission {
  return {
    id: integerOf(row, 'id'),
    grantee: granteeOf(row),
    pattern: textOf(row, 'pattern'),
    actions: readActions(textOf(row, 'actions')),
  };
}

function granteeOf(row: Row): Permission['grantee'] {
  const audience = textOf(row, 'audience');
  return audience === 'anonymous' || audience === 'authenticated' ? audience : integerOf(row, 'user_id');
}
