/**
 * Takes large files out of the page cache. Else each row of pushes finds other memory free than the one before: memory
 * that was used a moment ago, or that a virtual machine's host has taken back and gives again page by page, at four
 * times the cost and to whoever happens to ask. Emptied after every row, the same memory serves all.
 */
import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Smaller ones do not matter. */
const LARGE_BYTES = 8 * 1024 * 1024;

/** Forgets the large files of a folder that were not forgotten before; what is not written yet stays. */
export async function dropLargeFiles(folder: string, dropped: Set<string>): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (dropped.has(path) || (await sizeOf(path)) < LARGE_BYTES) continue;
    dropped.add(path);
    // Reads nothing, but advises the system that it is not needed.
    await run('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
  }
}

/** Uploads become blobs, and go away, while somebody looks. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
