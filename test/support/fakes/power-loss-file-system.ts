/** A file system in memory that knows what a power cut would leave: what was synced, and any part of the rest. */
import { basename, dirname } from 'node:path';
import type { FileFacts, FileSystem, OpenFile } from '../../../src/registry/storage/file-system.ts';

/** Finer than any disk's, so that content of a test's size can be torn. */
const SECTOR = 16;

/** A file: its bytes now, and those that are sure to survive. */
interface FakeFile {
  readonly kind: 'file';
  bytes: Buffer;
  safe: Buffer;
  /** Bytes that no sync writes any more, after one failed for them. */
  lost: { readonly start: number; readonly end: number } | undefined;
  names: number;
}

/** A directory: its names now, and for each that changed since the last sync all it has stood for since then. */
interface FakeDirectory {
  readonly kind: 'directory';
  readonly entries: Map<string, FakeNode>;
  readonly unsynced: Map<string, (FakeNode | undefined)[]>;
}

type FakeNode = FakeFile | FakeDirectory;
type Random = () => number;

/**
 * Bytes that were not synced are lost, kept or zero, sector by sector; each name that was not synced stands for any
 * of the things it stood for since the last sync of its directory, apart from all others: a file that was moved can
 * be found under both its names, or under none.
 */
export class PowerLossFileSystem implements FileSystem {
  /** Called before every call takes effect, with the call's name; the call waits for it. */
  onCall: ((call: string) => Promise<void>) | undefined;
  /** How many files are open. */
  openFiles = 0;
  readonly #root: FakeDirectory;
  #syncFailures = 0;

  constructor(root: FakeDirectory = newDirectory()) {
    this.#root = root;
  }

  /** The file system as it may be after a power cut now; this one goes on as it is. */
  crash(seed: number): PowerLossFileSystem {
    return new PowerLossFileSystem(surviving(this.#root, randomFrom(seed)));
  }

  /** Lets the next syncs of files fail; what they should have written is then lost, as on the systems that forget it. */
  failSyncs(count: number): void {
    this.#syncFailures = count;
  }

  async createFile(path: string): Promise<OpenFile | undefined> {
    await this.onCall?.('createFile');
    const directory = this.#directory(dirname(path));
    if (directory.entries.has(basename(path))) return undefined;
    const file: FakeFile = { kind: 'file', bytes: Buffer.alloc(0), safe: Buffer.alloc(0), lost: undefined, names: 0 };
    setEntry(directory, basename(path), file);
    return this.#open(file);
  }

  async openFile(path: string): Promise<OpenFile | undefined> {
    await this.onCall?.('openFile');
    const node = this.#find(path);
    return node?.kind === 'file' ? this.#open(node) : undefined;
  }

  async stat(path: string): Promise<FileFacts | undefined> {
    await this.onCall?.('stat');
    const node = this.#find(path);
    return node?.kind === 'file' ? factsOf(node) : undefined;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.onCall?.('rename');
    const node = this.#find(from);
    if (node === undefined) throw systemError('ENOENT');
    if (this.#find(to)?.kind === 'directory') throw systemError('EISDIR');
    setEntry(this.#directory(dirname(to)), basename(to), node);
    setEntry(this.#directory(dirname(from)), basename(from), undefined);
  }

  async unlink(path: string): Promise<boolean> {
    await this.onCall?.('unlink');
    const node = this.#find(path);
    if (node === undefined) return false;
    if (node.kind === 'directory') throw systemError('EISDIR');
    setEntry(this.#directory(dirname(path)), basename(path), undefined);
    return true;
  }

  async makeDirectory(path: string): Promise<'made' | 'there' | 'no-parent'> {
    await this.onCall?.('makeDirectory');
    const node = this.#find(path);
    if (node?.kind === 'file') throw systemError('EEXIST');
    if (node?.kind === 'directory') return 'there';
    if (this.#find(dirname(path)) === undefined) return 'no-parent';
    setEntry(this.#directory(dirname(path)), basename(path), newDirectory());
    return 'made';
  }

  async list(path: string): Promise<string[]> {
    await this.onCall?.('list');
    const node = this.#find(path);
    return node?.kind === 'directory' ? [...node.entries.keys()] : [];
  }

  async syncDirectory(path: string): Promise<void> {
    await this.onCall?.('syncDirectory');
    this.#directory(path).unsynced.clear();
  }

  #open(file: FakeFile): OpenFile {
    this.openFiles += 1;
    let isOpen = true;
    let underWay = 0;
    const use = async <T>(call: string, work: () => T): Promise<T> => {
      if (!isOpen) throw systemError('EBADF');
      underWay += 1;
      try {
        await this.onCall?.(call);
        return work();
      } finally {
        underWay -= 1;
      }
    };
    return {
      facts: factsOf(file),
      write: (buffers, position) => use('write', () => write(file, Buffer.concat(buffers), position)),
      read: (target, position) => use('read', () => file.bytes.copy(target, 0, Math.min(position, file.bytes.length))),
      truncate: (size) => use('truncate', () => truncate(file, size)),
      sync: () => use('sync', () => this.#sync(file)),
      close: async () => {
        if (!isOpen || underWay > 0) throw new Error(`closed with ${underWay} calls under way, open: ${isOpen}`);
        isOpen = false;
        this.openFiles -= 1;
        await this.onCall?.('close');
      },
    };
  }

  #sync(file: FakeFile): void {
    if (this.#syncFailures > 0) {
      this.#syncFailures -= 1;
      file.lost = { start: file.safe.length, end: file.bytes.length };
      throw systemError('EIO');
    }
    file.safe = Buffer.from(file.bytes);
    if (file.lost !== undefined) file.safe.fill(0, file.lost.start, Math.min(file.lost.end, file.safe.length));
  }

  #directory(path: string): FakeDirectory {
    const node = this.#find(path);
    if (node === undefined) throw systemError('ENOENT');
    if (node.kind === 'file') throw systemError('ENOTDIR');
    return node;
  }

  #find(path: string): FakeNode | undefined {
    const names = path.split('/').filter((name) => name !== '');
    return names.reduce<FakeNode | undefined>(
      (node, name) => (node?.kind === 'directory' ? node.entries.get(name) : undefined),
      this.#root,
    );
  }
}

/** An error as the system gives it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: a failure made for a test`), { code });
}

function write(file: FakeFile, written: Buffer, position: number): void {
  const bytes = Buffer.alloc(Math.max(file.bytes.length, position + written.length));
  file.bytes.copy(bytes);
  written.copy(bytes, position);
  file.bytes = bytes;
}

function truncate(file: FakeFile, size: number): void {
  const bytes = Buffer.alloc(size);
  file.bytes.copy(bytes);
  file.bytes = bytes;
}

function newDirectory(): FakeDirectory {
  return { kind: 'directory', entries: new Map(), unsynced: new Map() };
}

function factsOf(file: FakeFile): FileFacts {
  return { size: file.bytes.length, changedAt: new Date(), names: file.names };
}

function setEntry(directory: FakeDirectory, name: string, node: FakeNode | undefined): void {
  const before = directory.entries.get(name);
  const history = directory.unsynced.get(name) ?? [before];
  directory.unsynced.set(name, [...history, node]);
  if (before?.kind === 'file') before.names -= 1;
  if (node?.kind === 'file') node.names += 1;
  if (node === undefined) directory.entries.delete(name);
  else directory.entries.set(name, node);
}

function surviving(root: FakeDirectory, random: Random): FakeDirectory {
  const files = new Map<FakeFile, FakeFile>();
  const survivingDirectory = (directory: FakeDirectory): FakeDirectory => {
    const copy = newDirectory();
    for (const name of new Set([...directory.entries.keys(), ...directory.unsynced.keys()])) {
      const history = directory.unsynced.get(name) ?? [directory.entries.get(name)];
      const node = history[Math.floor(random() * history.length)];
      if (node !== undefined)
        copy.entries.set(name, node.kind === 'file' ? survivingFile(node) : survivingDirectory(node));
    }
    return copy;
  };
  const survivingFile = (file: FakeFile): FakeFile => {
    const copy = files.get(file) ?? tornFile(file, random);
    files.set(file, copy);
    copy.names += 1;
    return copy;
  };
  return survivingDirectory(root);
}

function tornFile(file: FakeFile, random: Random): FakeFile {
  const sizes = [file.safe.length, file.bytes.length];
  const least = Math.min(...sizes);
  const between = least + Math.floor(random() * (Math.max(...sizes) - least));
  const bytes = Buffer.alloc([...sizes, between][Math.floor(random() * 3)] ?? 0);
  for (let start = 0; start < bytes.length; start += SECTOR) {
    const sources = start < file.safe.length ? [file.safe, file.bytes] : [file.bytes, Buffer.alloc(0)];
    sources[Math.floor(random() * 2)]?.subarray(start, start + SECTOR).copy(bytes, start);
  }
  return { kind: 'file', bytes, safe: Buffer.from(bytes), lost: undefined, names: 0 };
}

/** A stream of numbers from 0 to 1 that a seed settles (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
