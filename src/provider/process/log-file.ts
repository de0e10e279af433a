/** The file that a registry's process writes its log to. */
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCodeOf, translateFileErrors } from '../../errors.ts';
import { ensurePrivateFolder } from '../../state/private-files.ts';

/** A larger log is put aside when a process starts; one that was put aside before goes. */
const LARGE_BYTES = 10 * 1024 * 1024;

/** What is shown of the log of a process that did not become ready. */
const TAIL_LINES = 10;
const TAIL_BYTES = 8 * 1024;

/** A log that a process is about to write to. */
export interface LogFile extends AsyncDisposable {
  /** The descriptor to give to the process. */
  readonly descriptor: number;
  /** The last lines that were written since it was opened; none when nothing was. */
  tail(): Promise<string[]>;
}

/**
 * Opens a log to append to, making it for its owner alone.
 * @throws DevregError when the file system refuses
 */
export async function openLogFile(path: string): Promise<LogFile> {
  await ensurePrivateFolder(dirname(path));
  return translateFileErrors(`write ${path}`, async () => {
    if ((await sizeOf(path)) > LARGE_BYTES) await rename(path, `${path}.old`);
    const start = await sizeOf(path);
    const file = await open(path, 'a+', 0o600);
    return {
      descriptor: file.fd,
      tail: () => readTail(file, start),
      [Symbol.asyncDispose]: () => file.close(),
    };
  });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function readTail(file: FileHandle, start: number): Promise<string[]> {
  const { size } = await file.stat();
  const from = Math.max(start, size - TAIL_BYTES);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - from), position: from });
  const lines = buffer
    .toString('utf8', 0, bytesRead)
    .split('\n')
    .filter((line) => line !== '');
  return lines.slice(-TAIL_LINES);
}
