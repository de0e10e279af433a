/** No statement looks at more rows than its answer needs. */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openAccounts } from '../../../src/registry/metadata/accounts/accounts.ts';
import { openContent } from '../../../src/registry/metadata/content/content.ts';
import { GroupCommit } from '../../../src/registry/metadata/group-commit.ts';
import { migrate } from '../../../src/registry/metadata/migrate.ts';
import { NO_SYNC } from '../../../src/registry/metadata/wal-sync.ts';

/** A connection that remembers which statements were prepared. */
class RecordingDatabase extends DatabaseSync {
  readonly statements: string[] = [];

  override prepare(sql: string): StatementSync {
    this.statements.push(sql.trim().replaceAll(/\s+/g, ' '));
    return super.prepare(sql);
  }
}

/** Lists that are whole tables by their nature. */
const WHOLE = new Map([
  [
    'SELECT id, name, password_hash, is_admin, password_version FROM users ORDER BY name',
    ['SCAN users', 'USE TEMP B-TREE FOR ORDER BY'],
  ],
  ['SELECT id, audience, user_id, pattern, actions FROM permissions ORDER BY id', ['SCAN permissions']],
  ['SELECT id, kind, pattern, tags FROM policies ORDER BY id', ['SCAN policies']],
]);
/** The subquery is limited before it is sorted. */
const LIMITED = /^(SCAN holders|USE TEMP B-TREE FOR ORDER BY)$/;

function openRecorded() {
  const database = new RecordingDatabase(':memory:');
  migrate(database, ':memory:');
  database.statements.length = 0;
  const writes = new GroupCommit({ database, sync: NO_SYNC });
  openContent(database, writes);
  openAccounts(database, writes, { now: () => new Date() });
  const statements = [...new Set(database.statements)].filter((sql) => /^(SELECT|INSERT|UPDATE|DELETE)/.test(sql));
  return { database, statements };
}

function planOf(database: DatabaseSync, sql: string): string[] {
  return database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => String(detail));
}

describe('query plans', () => {
  it('search by an index, and sort by it', () => {
    const { database, statements } = openRecorded();
    expect(statements.length).toBeGreaterThan(40);
    for (const sql of statements) {
      const costly = planOf(database, sql).filter((step) => /^SCAN (?!CONSTANT)|TEMP B-TREE/.test(step));
      const unexpected = sql.includes('AS holders') ? costly.filter((step) => !LIMITED.test(step)) : costly;
      expect(unexpected, sql).toEqual(WHOLE.get(sql) ?? []);
    }
    for (const sql of WHOLE.keys()) expect(statements).toContain(sql);
  });

  it('use the whole key where a repository has much', () => {
    const { database, statements } = openRecorded();
    const keys = [
      ['FROM tags WHERE repository = ? AND name > ?', 'SEARCH tags USING PRIMARY KEY (repository=? AND name>?)'],
      ['subject = ? AND digest > ?', 'manifests_subject (repository=? AND subject=? AND digest>?)'],
      [
        'artifact_type = ? AND digest > ?',
        'manifests_subject_type (repository=? AND subject=? AND artifact_type=? AND digest>?)',
      ],
      ['FROM manifest_references WHERE', 'PRIMARY KEY (repository=? AND digest=?)'],
      ['FROM repositories WHERE name >= max', '(name>? AND name<?)'],
    ] as const;
    for (const [part, step] of keys) {
      const sql = statements.find((statement) => statement.includes(part)) ?? '';
      expect(planOf(database, sql).join('\n'), part).toContain(step);
    }
  });

  it('find by an index what goes with a row that is removed', () => {
    const { database } = openRecorded();
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    for (const { name: table } of tables) {
      for (const { from } of database.prepare(`PRAGMA foreign_key_list(${table})`).all()) {
        const indexes = database.prepare(`PRAGMA index_list(${table})`).all();
        const first = indexes.map(({ name }) => database.prepare(`PRAGMA index_info(${name})`).get()?.['name']);
        expect(first, `${table}.${from}`).toContain(from);
      }
    }
  });
});
