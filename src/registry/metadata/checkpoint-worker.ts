/** The program of the checkpoint thread: its own connection, one step per message. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { CheckpointAnswer } from './checkpoint-thread.ts';
import { integerOf } from './rows.ts';

/** How long to wait for readers. This thread may wait inside SQLite, but writers wait for it; our reads take less. */
const PATIENCE_MS = 200;

const port = parentPort;
if (port === null || typeof workerData !== 'string') throw new Error('This is the program of a worker thread.');

const database = new DatabaseSync(workerData, { timeout: PATIENCE_MS });
database.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;');

port.on('message', (step: unknown) => {
  if (step === 'close') {
    database.close();
    port.close();
    return;
  }
  port.postMessage(answer(step === 'start-over' ? startOver : copy));
});

function answer(step: () => void): CheckpointAnswer {
  try {
    step();
    return { done: true };
  } catch (error) {
    return { failure: String(error) };
  }
}

function copy(): void {
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
}

/**
 * Copies what is left and has the next frame start the log over. That frame is written here, by setting the schema's
 * version to what it is: the first writer after a complete checkpoint has to sync the log's new header.
 */
function startOver(): void {
  const result = database.prepare('PRAGMA wal_checkpoint(RESTART)').get();
  if (result === undefined || integerOf(result, 'busy') !== 0) throw new Error('readers keep the log in use');
  const row = database.prepare('PRAGMA user_version').get();
  if (row !== undefined) database.exec(`PRAGMA user_version = ${integerOf(row, 'user_version')}`);
}
