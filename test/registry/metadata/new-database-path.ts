/** A place on a real disk for a test's database. */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that goes when the test is over. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-metadata-'));
  onTestFinished(() => folder.remove());
  return folder.path;
}

/** The path of a database that is not there yet. */
export async function newDatabasePath(): Promise<string> {
  return join(await newFolder(), 'metadata.db');
}
