/** An administrator of another name: the one before, with the password that nobody is shown any more, has to go. */
import { isDevregError } from '../errors.ts';
import { openAccounts } from './accounts.ts';
import type { State } from './open-state.ts';
import type { Progress } from './progress.ts';

/** What it works with. */
interface FormerUserPorts extends State {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Removes the administrator from before from a registry that runs with another one; what cannot be done is said.
 * @param names of the one before, and the one there is; names differ by more than their case
 * @throws the signal's reason when it aborts
 */
export async function dropFormerUser(
  registry: string,
  names: { readonly before: string | undefined; readonly now: string },
  ports: FormerUserPorts,
): Promise<void> {
  const { before, now } = names;
  const { progress, signal } = ports;
  if (before === undefined || before.toLowerCase() === now.toLowerCase()) return;
  const asked = { name: registry, registry: undefined, user: undefined, password: undefined };
  try {
    await (await openAccounts(asked, ports, signal)).client.removeUser(before);
    progress.note(`${now} is the administrator now; there is no user ${before} any more.`);
  } catch (error) {
    if (!isDevregError(error)) throw error;
    progress.warn(`The user ${before} is still there: ${error.message} Remove it with devreg user rm ${before}.`);
  }
}
