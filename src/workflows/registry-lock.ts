/** Lets one command at a time change a registry, and says so to whoever waits. */
import type { Folders } from '../state/folders.ts';
import { lockName } from '../state/name-lock.ts';
import { registryPaths } from '../state/paths.ts';
import type { Progress } from './progress.ts';

/** What locking works with. */
export interface LockPorts {
  readonly folders: Folders;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Takes the lock of a registry. @throws as `lockName` does */
export async function lockRegistry(name: string, { folders, progress, signal }: LockPorts): Promise<Disposable> {
  const onWait = () => progress.note(`Waiting for another devreg to finish with ${name}.`);
  return lockName(registryPaths(folders, name).lock, signal, onWait);
}
