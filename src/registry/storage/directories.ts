/** Makes the store's directories when they are first used, and makes sure that they last. */
import { dirname } from 'node:path';
import { type FileSystem, systemCode } from './file-system.ts';

/** What the system says of a directory that others made and keep to themselves. */
const FOREIGN = new Set(['EACCES', 'EPERM']);

/** The directories this process has seen to. */
export class Directories {
  readonly #fileSystem: FileSystem;
  readonly #lasting: boolean;
  readonly #ready = new Map<string, Promise<void>>();

  /** @param lasting whether a directory must survive a power cut before it is used */
  constructor(fileSystem: FileSystem, lasting: boolean) {
    this.#fileSystem = fileSystem;
    this.#lasting = lasting;
  }

  /** Resolves when the directory is there, with the ones above it. Costs nothing but the first time. */
  ensure(path: string): Promise<void> {
    const known = this.#ready.get(path);
    if (known !== undefined) return known;
    const making = this.#make(path);
    this.#ready.set(path, making);
    making.catch(() => this.forget(path));
    return making;
  }

  /** Looks at the directory afresh when it is next used. */
  forget(path: string): void {
    this.#ready.delete(path);
  }

  /** Makes sure that the directories above one last too, in case they were made by a process that died before it could. */
  async ensureAbove(path: string): Promise<void> {
    if (!this.#lasting || path === dirname(path)) return;
    await this.ensureAbove(dirname(path));
    try {
      await this.#fileSystem.syncDirectory(dirname(path));
    } catch (error) {
      if (!FOREIGN.has(systemCode(error) ?? '')) throw error;
    }
  }

  async #make(path: string): Promise<void> {
    const above = dirname(path);
    if ((await this.#fileSystem.makeDirectory(path)) === 'no-parent') {
      if (above === path) throw new Error(`There is no ${path}.`);
      await this.ensure(above);
      await this.#fileSystem.makeDirectory(path);
    }
    // Even one that was there is synced: the process that made it may have died before it could.
    if (this.#lasting) await this.#fileSystem.syncDirectory(above);
  }
}
