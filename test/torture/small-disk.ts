/** A small disk of its own, to be filled. */
import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Bytes written at a time, and at last one by one. */
const PIECES = [1024 * 1024, 4096, 1];

/** A disk. Disposing removes it with all that is on it; nobody may use it then. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Bytes that are free. */
  free(): number;
  /** Takes all bytes but some, in a file that is nobody's. */
  takeBytes(left: number): void;
  /** Takes room for all files but some. */
  takeFiles(left: number): void;
  /** Gives back what was taken. */
  giveBack(): void;
}

/** Files there is room for. */
const FILES = 2_000;

/**
 * Mounts a disk in memory.
 * @throws Error when this process may not mount
 */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  await using made = new AsyncDisposableStack();
  const folder = made.use(await mkdtempDisposable(join(tmpdir(), 'devreg-small-disk-')));
  await mount(folder.path, megabytes);
  made.defer(async () => void (await run('umount', [folder.path])));
  const ballast = join(folder.path, 'ballast');
  const free = (): number => {
    const { bavail, bsize } = statfsSync(folder.path);
    return bavail * bsize;
  };
  const keep = made.move();
  return {
    path: folder.path,
    free,
    takeBytes(left) {
      mkdirSync(ballast);
      fillFile(join(ballast, 'bytes'), Math.max(free() - left, 0));
    },
    takeFiles(left) {
      mkdirSync(ballast);
      for (let count = statfsSync(folder.path).ffree - left; count > 0; count--)
        closeSync(openSync(join(ballast, String(count)), 'w'));
    },
    giveBack: () => rmSync(ballast, { recursive: true, force: true }),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

async function mount(path: string, megabytes: number): Promise<void> {
  try {
    await run('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${megabytes}m,nr_inodes=${FILES},mode=700`,
      'devreg-small-disk',
      path,
    ]);
  } catch (cause) {
    throw new Error(
      `A disk of ${megabytes} MB has to be mounted, for which this process needs to be root in a place that allows it.`,
      { cause },
    );
  }
}

function fillFile(path: string, bytes: number): void {
  const descriptor = openSync(path, 'w');
  try {
    let left = bytes;
    for (const size of PIECES) {
      const piece = Buffer.alloc(size);
      while (left >= size && tryWrite(descriptor, piece)) left -= size;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** @returns whether there was room for all of it */
function tryWrite(descriptor: number, piece: Buffer): boolean {
  try {
    return writeSync(descriptor, piece) === piece.length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
