/** Lets one command at a time change what registries share on this machine: the clients' logins and the hosts file. */
import { join } from 'node:path';
import type { Folders } from '../state/folders.ts';
import { lockName } from '../state/name-lock.ts';

/** No registry can have this name. */
const MACHINE = '.machine';

/**
 * Works alone. Files of others know no locks: two commands at once would each write what they read before the other
 * wrote. Never taken twice by one command, and always after a registry's own lock.
 * @param signal ends the waiting; what must be taken back is waited for without one
 * @throws the signal's reason when it aborts while waiting; what the work throws; a DevregError when the file system
 *   refuses
 */
export async function aloneOnMachine<T>(
  { state }: Pick<Folders, 'state'>,
  work: () => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  using _lock = await lockName(join(state, 'locks', MACHINE), signal, () => {});
  return await work();
}
