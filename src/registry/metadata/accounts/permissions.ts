/** Who may do what. */
import type { DatabaseSync } from 'node:sqlite';
import type { AccountMetadata, Action, Permission } from '../../core/account-metadata.ts';
import type { Writes } from '../group-commit.ts';
import { type Row, integerOf, textOf } from '../rows.ts';
import type { AccountsVersion } from './accounts-version.ts';
import { readActions, writeActions } from './permission-rules.ts';

type Permissions = Pick<AccountMetadata, 'listPermissions' | 'addPermission' | 'removePermission'>;

const COLUMNS = 'id, audience, user_id, pattern, actions';
const LIST = `SELECT ${COLUMNS} FROM permissions ORDER BY id`;
const FIND = `SELECT ${COLUMNS} FROM permissions WHERE audience = ? AND user_id IS ? AND pattern = ? ORDER BY id`;
const FIND_BY_ID = `SELECT ${COLUMNS} FROM permissions WHERE id = ?`;
const ADD = `INSERT INTO permissions (audience, user_id, pattern, actions) VALUES (?, ?, ?, ?) RETURNING ${COLUMNS}`;
const CHANGE = `UPDATE permissions SET actions = ? WHERE id = ? RETURNING ${COLUMNS}`;
const REMOVE = 'DELETE FROM permissions WHERE id = ?';

/** Prepares the methods of `Metadata` about permissions. */
export function openPermissions(database: DatabaseSync, version: AccountsVersion, writes: Writes): Permissions {
  const list = database.prepare(LIST);
  const find = database.prepare(FIND);
  const findById = database.prepare(FIND_BY_ID);
  const add = database.prepare(ADD);
  const change = database.prepare(CHANGE);
  const remove = database.prepare(REMOVE);

  function store({ grantee, pattern, actions }: Omit<Permission, 'id'>): Permission {
    const [audience, userId] = typeof grantee === 'number' ? (['user', grantee] as const) : ([grantee, null] as const);
    const before = find.get(audience, userId, pattern);
    const known = before === undefined ? undefined : toPermission(before);
    const lacking = actions.filter((action) => known?.actions.includes(action) !== true);
    if (known !== undefined && lacking.length === 0) return known;
    const row =
      known === undefined
        ? add.get(audience, userId, pattern, writeActions(actions))
        : change.get(writeActions([...known.actions, ...lacking]), known.id);
    if (row === undefined) throw new Error('The permission was not stored.');
    version.raise();
    return toPermission(row);
  }

  function take(id: number, actions: readonly Action[] | undefined): boolean {
    const row = findById.get(id);
    if (row === undefined) return false;
    const before = toPermission(row).actions;
    const left = actions === undefined ? [] : before.filter((action) => !actions.includes(action));
    if (left.length === before.length && actions !== undefined) return false;
    if (left.length === 0) remove.run(id);
    else change.run(writeActions(left), id);
    version.raise();
    return true;
  }

  return {
    async listPermissions() {
      return list.all().map(toPermission);
    },
    addPermission: (permission) => writes.run(() => store(permission)),
    removePermission: (id, actions) => writes.run(() => take(id, actions)),
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
