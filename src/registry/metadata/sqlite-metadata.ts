/** Puts the metadata together: one SQLite database, its writes in groups, its log synced and kept short. */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Durability, Metadata } from '../core/ports.ts';
import { openAccounts } from './accounts/accounts.ts';
import { Checkpointer } from './checkpointer.ts';
import { openContent } from './content/content.ts';
import { IN_MEMORY, type SchemaUpgrade, openDatabase } from './database.ts';
import { GroupCommit, type Writes } from './group-commit.ts';
import { type CommitSync, NO_SYNC, WalSync } from './wal-sync.ts';

/** How to open the metadata. */
export interface SqliteMetadataOptions {
  /** The database's file, made when absent in a folder that is there; or `:memory:`. */
  readonly path: string;
  readonly durability: Durability;
  /** The computer's clock when none is given. */
  readonly clock?: Clock;
  /** Takes the cause when work in the background failed that no caller waits for; it will be tried again. */
  readonly reportProblem?: (problem: unknown) => void;
  /** Told when the database had an older schema. */
  readonly onUpgrade?: (upgrade: SchemaUpgrade) => void;
}

/** A row that nobody reads. */
const TRIAL = `
INSERT INTO counters (name, value) VALUES ('trial', 1) ON CONFLICT DO UPDATE SET value = value + 1`;

const COMPUTER_CLOCK: Clock = { now: () => new Date() };

/**
 * Opens the metadata in a SQLite database. One process at a time may have them open: see `lockDataFolder`.
 * Disposing of them waits for writes under way; afterwards they must not be used.
 * @throws MetadataTooNewError when a newer program wrote the database; an Error naming the path when it cannot be opened
 */
export async function openSqliteMetadata(options: SqliteMetadataOptions): Promise<Metadata> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(openDatabase(options.path, { keepsBackup: true, onUpgrade: options.onUpgrade }));
  const writes = await openWrites(options, database, opened);
  const content = openContent(database, writes);
  const accounts = openAccounts(database, writes, options.clock ?? COMPUTER_CLOCK);
  const trial = database.prepare(TRIAL);
  const resources = opened.move();
  const tryWriting = () => writes.run(() => void trial.run());
  return { ...content, ...accounts, tryWriting, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function openWrites(
  { path, durability, reportProblem = () => {} }: SqliteMetadataOptions,
  database: DatabaseSync,
  opened: AsyncDisposableStack,
): Promise<Writes> {
  if (path === IN_MEMORY) return opened.use(new GroupCommit({ database, sync: NO_SYNC }));
  const sync = durability === 'full' ? await openLogSync(path, opened) : NO_SYNC;
  const commits = new GroupCommit({ database, sync, afterCommit: () => checkpointer.afterCommit() });
  const checkpointer = new Checkpointer({ database, path, hold: (work) => commits.hold(work), report: reportProblem });
  opened.use(checkpointer);
  return opened.use(commits);
}

/** Makes safe what is there already, the names of the files included, before anybody relies on it. */
async function openLogSync(path: string, opened: AsyncDisposableStack): Promise<CommitSync> {
  await using folder = await open(dirname(path));
  await folder.sync();
  const log = opened.use(await open(`${path}-wal`, 'r+'));
  const sync = new WalSync(() => log.datasync());
  await sync.settled();
  return sync;
}
