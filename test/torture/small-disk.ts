/** A small disk of its own, to be filled. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** Bytes written at a time, and at last one by one. */
const PIECES = [1024 * 1024, 4096, 1];

/** Files there is room for. */
const FILES = 2_000;

/** A disk. Disposing removes it with all that is on it; nobody may use it then. */
export interface SmallDisk extends AsyncDisposable {
  /** Where it is for this process. */
  readonly path: string;
  /** Where it is for programs that are started behind `entering`. */
  readonly innerPath: string;
  /** What a command has to begin with to see the disk. */
  readonly entering: readonly string[];
  /** Bytes that are free. */
  free(): number;
  /** Takes all bytes but some, in a file that is nobody's. */
  takeBytes(left: number): void;
  /** Takes room for all files but some. */
  takeFiles(left: number): void;
  /** Gives back what was taken. */
  giveBack(): void;
}

/**
 * Mounts a disk in memory. It lies in a mount namespace that ends with this process, however that ends; who is not
 * root gets a user namespace as well, in which mounting is permitted.
 * @throws Error when the system does not permit it
 */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  await using made = new AsyncDisposableStack();
  const { path: innerPath } = made.use(await mkdtempDisposable(join(tmpdir(), 'devreg-small-disk-')));
  const isRoot = process.geteuid?.() === 0;
  const holder = made.use(await holdMount(innerPath, megabytes, isRoot));
  const path = `/proc/${holder.pid}/root${innerPath}`;
  const ballast = join(path, 'ballast');
  const free = (): number => {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  };
  const keep = made.move();
  return {
    path,
    innerPath,
    entering: [
      'nsenter',
      `--target=${holder.pid}`,
      '--mount',
      ...(isRoot ? [] : ['--user', '--preserve-credentials']),
      '--',
    ],
    free,
    takeBytes(left) {
      mkdirSync(ballast);
      fillFile(join(ballast, 'bytes'), Math.max(free() - left, 0));
    },
    takeFiles(left) {
      mkdirSync(ballast);
      for (let count = statfsSync(path).ffree - left; count > 0; count--)
        closeSync(openSync(join(ballast, String(count)), 'w'));
    },
    giveBack: () => rmSync(ballast, { recursive: true, force: true }),
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}

/** A process that mounted the disk and is there until it is disposed, or its input ends with the process that made it. */
interface MountHolder extends AsyncDisposable {
  readonly pid: number;
}

async function holdMount(path: string, megabytes: number, isRoot: boolean): Promise<MountHolder> {
  const options = `size=${megabytes}m,nr_inodes=${FILES},mode=700`;
  const script = `mount -t tmpfs -o ${options} devreg-small-disk "$0" && echo mounted && exec cat`;
  const child = spawn('unshare', ['--mount', ...(isRoot ? [] : ['--map-root-user']), 'sh', '-c', script, path], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaint = text(child.stderr);
  const closed = closeOf(child);
  const isMounted = await Promise.race([once(child.stdout, 'data').then(() => true), closed.then(() => false)]);
  if (!isMounted || child.pid === undefined) {
    throw new Error(
      `The disk of ${megabytes} MB this test fills cannot be mounted; it takes Linux with unshare and nsenter, and ` +
        `either root or user namespaces that may mount. ${(await complaint) || (await closed)}`,
    );
  }
  return {
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await closed;
    },
  };
}

/** @returns why there is no process, if there is none */
function closeOf(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(''));
  });
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
