/** How far unfinished uploads have come, seen in the data folder of a registry. */
import { watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Running, failure } from './program.ts';

/**
 * Settles once the unfinished uploads of a registry hold this many bytes.
 * @throws ProgramFailed when the client ends before
 */
export async function untilUploaded(client: Running, dataDir: string, bytes: number): Promise<void> {
  const folder = join(dataDir, 'uploads');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = () => void uploaded(folder).then((size) => size >= bytes && resolve(), reject);
  void client.finished.then((finished) => reject(failure('the client', finished)));
  const watcher = watch(folder, look).on('error', reject);
  try {
    look();
    await promise;
  } finally {
    watcher.close();
  }
}

async function uploaded(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => stat(join(folder, name)).then(({ size }) => size, absent));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** An upload may be finished between one look and the next. */
function absent(error: NodeJS.ErrnoException): number {
  if (error.code === 'ENOENT') return 0;
  throw error;
}
