/** The lock that lets one process at a time work on a data folder. */
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './sqlite-failure.ts';

/** Another process works on the data folder. */
export class DataFolderLockedError extends Error {
  override readonly name = 'DataFolderLockedError';
  readonly code = 'DATA_FOLDER_LOCKED';
  /** The process that holds the lock, on its own host; undefined in the moment before it has said so. */
  readonly pid: number | undefined;

  constructor(folder: string, holder: Holder | undefined) {
    const name = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
    super(`The data folder ${folder} is in use by ${name}: stop that one first.`);
    this.pid = holder?.pid;
  }
}

/** The process that holds a lock. */
export interface Holder {
  /** On its own host. */
  readonly pid: number;
  readonly host: string;
}

/** Two that start at once would otherwise get in each other's way and both fail. */
const PATIENCE_MS = 300;

/**
 * Locks a data folder until the lock is disposed of or the process ends, in whatever way.
 *
 * The lock is the operating system's lock on a small SQLite file, held by an exclusive transaction that never writes;
 * so nothing is left behind that a later process would have to judge. Who holds it stands in a file beside, because
 * nobody else can read the locked one.
 * @param folder must be there
 * @throws DataFolderLockedError when another process, or this one, has locked the folder
 */
export async function lockDataFolder(folder: string): Promise<AsyncDisposable> {
  await using taken = new AsyncDisposableStack();
  const holderFile = join(folder, 'lock.holder');
  const database = taken.use(new DatabaseSync(join(folder, 'lock'), { timeout: PATIENCE_MS }));
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    throw isBusy(error) ? new DataFolderLockedError(folder, await readHolder(holderFile)) : error;
  }
  taken.defer(() => rm(holderFile, { force: true }));
  await writeFile(holderFile, `${process.pid} ${hostname()}\n`);
  const lock = taken.move();
  return { [Symbol.asyncDispose]: () => lock.disposeAsync() };
}

/**
 * Finds out whether a process works on a data folder, without making anything there.
 * @returns undefined when nobody does; `holder` is undefined in the moment before it has said who it is
 * @throws the system's error when the lock cannot be looked at
 */
export async function findHolder(folder: string): Promise<{ readonly holder: Holder | undefined } | undefined> {
  const isMissing = await access(join(folder, 'lock')).then(
    () => false,
    () => true,
  );
  if (isMissing || !isLocked(join(folder, 'lock'))) return undefined;
  return { holder: await readHolder(join(folder, 'lock.holder')) };
}

/** Reading needs a shared lock, which nobody gets while another has the exclusive one. */
function isLocked(file: string): boolean {
  using database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
  try {
    database.exec('PRAGMA schema_version');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  }
}

async function readHolder(holderFile: string): Promise<Holder | undefined> {
  const text = await readFile(holderFile, 'utf8').catch(() => '');
  const [number, host] = text.trim().split(' ');
  return Number(number) > 1 && host ? { pid: Number(number), host } : undefined;
}
