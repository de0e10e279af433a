/** Opens a database of an older schema, and dies at the moment it is told. */
import { argv, kill, pid } from 'node:process';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';

const [, , path = '', moment] = argv;
const die = (): void => void kill(pid, 'SIGKILL');

const { exec } = DatabaseSync.prototype;
DatabaseSync.prototype.exec = function (sql: string): void {
  if (moment === 'copied' && sql === 'BEGIN IMMEDIATE') die();
  if (moment === 'changing' && sql === 'COMMIT') die();
  exec.call(this, sql);
  if (moment === 'changed' && sql === 'COMMIT') die();
};

const { run } = StatementSync.prototype;
const value = function (this: StatementSync, ...parameters: unknown[]): unknown {
  const isCopy = this.sourceSQL.startsWith('VACUUM INTO');
  if (moment === 'before' && isCopy) die();
  const result: unknown = Reflect.apply(run, this, parameters);
  if (moment === 'copying' && isCopy) die();
  return result;
};
Object.defineProperty(StatementSync.prototype, 'run', { value });

await openSqliteMetadata({ path, durability: 'full' });
