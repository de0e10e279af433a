/** A copy of the database as it is before its schema changes, beside it: what an older version can go back to (S1-16). */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/** Comes before the number of the schema in the name of a copy. */
const MARK = '.schema-';

/** The name of a copy that is being made; a later one takes its place. */
const UNFINISHED = '.unfinished';

/** Where the copy of a database of some schema is kept. */
function upgradeBackupPath(path: string, version: number): string {
  return `${path}${MARK}${version}`;
}

/**
 * Copies a database. The copy has its name when it is whole and safe from a power cut; copies of schemas before are
 * removed then, since one generation is kept.
 * @param version the schema the database has
 * @returns where the copy is
 * @throws Error when there is no copying it, as on a full disk; the database is as it was
 */
export function backUpBeforeUpgrade(database: DatabaseSync, path: string, version: number): string {
  const target = upgradeBackupPath(path, version);
  const unfinished = target + UNFINISHED;
  try {
    rmSync(unfinished, { force: true });
    // An empty file of that name is filled, and keeps the mode it was made with.
    closeSync(openSync(unfinished, 'wx', 0o600));
    database.prepare('VACUUM INTO ?').run(unfinished);
    sync(unfinished);
    renameSync(unfinished, target);
    sync(dirname(path));
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw new Error(`The metadata database ${path} cannot be copied, and so its schema is left as it is.`, { cause });
  }
  removeOthers(path, target);
  return target;
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function removeOthers(path: string, kept: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const isCopy = name.startsWith(basename(path) + MARK);
    if (isCopy && join(folder, name) !== kept) rmSync(join(folder, name), { force: true });
  }
}
