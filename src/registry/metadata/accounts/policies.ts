/** What holds for repositories whoever acts. */
import type { DatabaseSync } from 'node:sqlite';
import type { AccountMetadata, Policy } from '../../core/account-metadata.ts';
import type { Writes } from '../group-commit.ts';
import { type Row, integerOf, textOf } from '../rows.ts';
import type { AccountsVersion } from './accounts-version.ts';

type Policies = Pick<AccountMetadata, 'listPolicies' | 'addPolicy' | 'removePolicy'>;

const COLUMNS = 'id, kind, pattern, tags';
const LIST = `SELECT ${COLUMNS} FROM policies ORDER BY id`;
const FIND = `SELECT ${COLUMNS} FROM policies WHERE kind = ? AND pattern = ? AND tags = ?`;
const ADD = `INSERT INTO policies (kind, pattern, tags) VALUES (?, ?, ?) RETURNING ${COLUMNS}`;
const REMOVE = 'DELETE FROM policies WHERE id = ?';

/** Prepares the methods of `Metadata` about policies. */
export function openPolicies(database: DatabaseSync, version: AccountsVersion, writes: Writes): Policies {
  const list = database.prepare(LIST);
  const find = database.prepare(FIND);
  const add = database.prepare(ADD);
  const remove = database.prepare(REMOVE);
  return {
    async listPolicies() {
      return list.all().map(toPolicy);
    },
    addPolicy: (policy) =>
      writes.run(() => {
        const columns = [policy.kind, policy.pattern, policy.kind === 'immutable-tags' ? policy.tags : ''] as const;
        const known = find.get(...columns);
        if (known !== undefined) return toPolicy(known);
        const row = add.get(...columns);
        if (row === undefined) throw new Error('The policy was not stored.');
        version.raise();
        return toPolicy(row);
      }),
    removePolicy: (id) =>
      writes.run(() => {
        const isRemoved = remove.run(id).changes !== 0;
        if (isRemoved) version.raise();
        return isRemoved;
      }),
  };
}

/** Throws on a kind that this version does not know: protection must not be ignored in silence. */
function toPolicy(row: Row): Policy {
  const kind = textOf(row, 'kind');
  const common = { id: integerOf(row, 'id'), pattern: textOf(row, 'pattern') };
  if (kind === 'require-owner') return { ...common, kind };
  if (kind === 'immutable-tags') return { ...common, kind, tags: textOf(row, 'tags') };
  throw new TypeError(`The column kind holds ${kind}, which this version does not know.`);
}
