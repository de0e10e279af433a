/** Opens the metadata's SQLite database: private file, settings, schema. */
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, migrate, versionOf } from './migrate.ts';
import { textOf } from './rows.ts';
import { backUpBeforeUpgrade } from './upgrade-backup.ts';

/** The name of a database that lives in memory and dies with its connection. */
export const IN_MEMORY = ':memory:';

/** How long opening waits for another process that is just closing the database; it happens before any request. */
const OPEN_PATIENCE_MS = 5_000;

/**
 * Settings of the connection that serves requests.
 * - `synchronous NORMAL`: SQLite syncs for checkpoints alone; commits are synced by `WalSync`, off the event loop.
 * - no automatic checkpoints: they would run inside a COMMIT on the event loop; `Checkpointer` runs them.
 * - `busy_timeout 0`: waiting inside SQLite would be waiting on the event loop; `GroupCommit` waits instead.
 */
const SETTINGS = `
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -16384;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;
PRAGMA busy_timeout = 0;
`;

/** An upgrade of a database that was there. */
export interface SchemaUpgrade {
  readonly from: number;
  readonly to: number;
  /** Where the database as it was is kept. */
  readonly backup: string;
}

/** What happens to a database of an older schema. */
export interface UpgradeOptions {
  /** Whether it is kept as it was, beside it. */
  readonly keepsBackup?: boolean;
  readonly onUpgrade?: ((upgrade: SchemaUpgrade) => void) | undefined;
  /** Every migration in order; tests give fewer. */
  readonly migrations?: readonly string[];
}

/**
 * Opens a database and brings it to the current schema.
 *
 * While it is open, nobody in this process may open and close the database's file or its `-shm` by other means:
 * POSIX drops all of a process's locks on a file when any descriptor of it is closed. The `-wal` file carries no locks.
 * @param path the file, made when absent, readable by its owner alone; or `:memory:`
 * @throws MetadataTooNewError when a newer program wrote it; an Error naming the path when it cannot be opened
 */
export function openDatabase(path: string, options: UpgradeOptions = {}): DatabaseSync {
  if (path !== IN_MEMORY) makePrivateFile(path);
  const database = connect(path);
  try {
    if (path !== IN_MEMORY) enterWalMode(database, path);
    if (options.keepsBackup === true) upgrade(database, path, options);
    else migrate(database, path);
    database.exec(SETTINGS);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite gives `-wal` and `-shm` the mode of the database's file; password hashes and secrets are in all three. */
function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere) throw new Error(`The metadata database ${path} cannot be made.`, { cause: error });
  }
}

function connect(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: OPEN_PATIENCE_MS });
  } catch (error) {
    throw new Error(`The metadata database ${path} cannot be opened.`, { cause: error });
  }
}

function enterWalMode(database: DatabaseSync, path: string): void {
  const mode = readJournalMode(database, path);
  if (mode !== 'wal')
    throw new Error(`The metadata database ${path} cannot use a write-ahead log; its file system may be remote.`);
}

function readJournalMode(database: DatabaseSync, path: string): string {
  try {
    const row = database.prepare('PRAGMA journal_mode = WAL').get();
    return row === undefined ? '' : textOf(row, 'journal_mode');
  } catch (error) {
    throw new Error(`The metadata database ${path} cannot be read.`, { cause: error });
  }
}

/** A database that is new, or has been brought to this schema before, has nothing to be kept. */
function upgrade(database: DatabaseSync, path: string, { onUpgrade, migrations = MIGRATIONS }: UpgradeOptions): void {
  const from = versionOf(database);
  const isOlder = path !== IN_MEMORY && from > 0 && from < migrations.length;
  const backup = isOlder ? backUpBeforeUpgrade(database, path, from) : undefined;
  migrate(database, path, migrations);
  if (backup !== undefined) onUpgrade?.({ from, to: migrations.length, backup });
}
