/** Lets one command at a time change a registry. */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { ensurePrivateFile } from './private-files.ts';

/** How often a waiting command looks. */
const LOOK_AGAIN_MS = 25;

/** SQLite's result code for a lock that somebody else has. */
const SQLITE_BUSY = 5;

/**
 * Takes the lock, waiting for whoever has it. It is the operating system's lock on an empty SQLite file, so it goes with
 * the process that holds it, in whatever way that ends. The file stays: removing it would let two in.
 * @param file made when absent
 * @param onWait called once when somebody else has the lock
 * @throws the signal's reason when it aborts; a DevregError when the file system refuses
 */
export async function lockName(file: string, signal: AbortSignal, onWait: () => void): Promise<Disposable> {
  await ensurePrivateFile(file);
  using opened = new DisposableStack();
  const database = opened.use(new DatabaseSync(file, { timeout: 0 }));
  for (let isFirst = true; !tryLock(database); isFirst = false) {
    if (isFirst) onWait();
    await wait(LOOK_AGAIN_MS, undefined, { signal });
  }
  return opened.move();
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    const isBusy = error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === SQLITE_BUSY;
    if (isBusy) return false;
    throw error;
  }
}
