/** A backup on its way to a file, which has its name when it is whole. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Sink } from './write-backup.ts';

/**
 * Has a file written, readable by its owner alone, since hashes of passwords are in it. What was there is replaced at
 * the end; when writing fails, it stays.
 * @throws the system's errors
 */
export async function writeBackupFile<T>(path: string, write: (sink: Sink) => Promise<T>): Promise<T> {
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { force: true });
  try {
    const result = await writeWhole(unfinished, write);
    await rename(unfinished, path);
    await using folder = await open(dirname(path));
    await folder.sync();
    return result;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function writeWhole<T>(path: string, write: (sink: Sink) => Promise<T>): Promise<T> {
  await using file = await open(path, 'wx', 0o600);
  const result = await write((bytes) => file.writeFile(bytes));
  await file.sync();
  return result;
}
