/** An empty folder on the real disk for one test. */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes a folder that is removed when the test has finished. @returns its path */
export async function newFolder(): Promise<string> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-storage-'));
  onTestFinished(() => folder.remove());
  return folder.path;
}
