/** Gives content its name, in the order that lets no power cut show a name without its bytes. */
import type { Durability } from '../core/ports.ts';
import type { Directories } from './directories.ts';
import type { FileSystem, OpenFile } from './file-system.ts';
import type { Place, StoragePaths } from './paths.ts';
import { StorageError } from './storage-error.ts';

/** A block of most file systems, so that it takes room where there is some. */
const TRIAL_BYTES = 4096;

/** The way from bytes to a name: written, synced, closed, renamed, directory synced. */
export class Publisher {
  readonly #fileSystem: FileSystem;
  readonly #paths: StoragePaths;
  readonly #directories: Directories;
  readonly #durability: Durability;

  constructor(fileSystem: FileSystem, paths: StoragePaths, directories: Directories, durability: Durability) {
    this.#fileSystem = fileSystem;
    this.#paths = paths;
    this.#directories = directories;
    this.#durability = durability;
  }

  /** Stores bytes at a place; what was there is replaced when all is done, and stays when anything fails before. */
  async store(bytes: Uint8Array, place: Place): Promise<void> {
    const path = this.#paths.newIncoming();
    try {
      await this.#write(bytes, path);
      await this.move(path, place);
    } catch (error) {
      await this.#fileSystem.unlink(path).catch(() => undefined);
      throw error;
    }
  }

  /** Goes the way up to the name, and takes the file away again. @throws the system's error where it cannot */
  async tryWriting(): Promise<void> {
    const path = this.#paths.newIncoming();
    try {
      await this.#write(new Uint8Array(TRIAL_BYTES), path);
    } finally {
      await this.#fileSystem.unlink(path);
    }
  }

  /** Makes sure that a file's bytes last, as far as the durability asks for it. */
  async settle(file: OpenFile): Promise<void> {
    if (this.#durability === 'full') await file.sync();
  }

  /** Moves a settled, closed file to its place. */
  async move(path: string, place: Place): Promise<void> {
    await this.#directories.ensure(place.directory);
    try {
      await this.#fileSystem.rename(path, place.path);
      await this.settleDirectory(place.directory);
    } catch (error) {
      this.#directories.forget(place.directory);
      throw error;
    }
  }

  /** Makes sure that a directory's names last, as far as the durability asks for it. */
  async settleDirectory(path: string): Promise<void> {
    if (this.#durability === 'full') await this.#fileSystem.syncDirectory(path);
  }

  async #write(bytes: Uint8Array, path: string): Promise<void> {
    const file = await this.#fileSystem.createFile(path);
    if (file === undefined) throw new StorageError('folder-unusable', `${path} is there already.`);
    try {
      await file.write([bytes], 0);
      await this.settle(file);
    } finally {
      await file.close();
    }
  }
}
