/** Has the disk write while bytes still arrive, so that little is left to sync when an upload is finished. */
import type { OpenFile } from './file-system.ts';

/** Enough for the disk to be worth a call; on the disks measured, pushes gain a fifth from here up to 32 MiB. */
const SYNC_EVERY = 8 * 1024 * 1024;

/** Lets one early sync run at a time in the whole store, so that the thread pool is left to reads and writes. */
export class SyncTurn {
  #taken = false;

  /** @returns whether it is now the caller's */
  tryTake(): boolean {
    if (this.#taken) return false;
    this.#taken = true;
    return true;
  }

  giveBack(): void {
    this.#taken = false;
  }
}

/** The early syncs of one file. */
export class EarlySync {
  readonly #file: OpenFile;
  readonly #turn: SyncTurn;
  #unsynced = 0;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(file: OpenFile, turn: SyncTurn) {
    this.#file = file;
    this.#turn = turn;
  }

  /** Notes that bytes were written, and begins a sync when there are many. */
  wrote(bytes: number): void {
    this.#unsynced += bytes;
    if (this.#unsynced < SYNC_EVERY || this.#running !== undefined || !this.#turn.tryTake()) return;
    this.#unsynced = 0;
    this.#running = this.#sync();
  }

  /**
   * Resolves when no sync is under way.
   * @throws what a sync failed with: the system may hold bytes for written that never will be, and says so only once
   */
  async settle(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #sync(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      this.#failure = { error };
    }
    this.#running = undefined;
    this.#turn.giveBack();
  }
}
