/** New credentials for a registry that is a process: it reads them when it starts. */
import { createRegistry } from '../../workflows/create.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { START_TIMEOUT_MS, openCreatePorts } from '../create/create-ports.ts';

/**
 * Restarts it with new credentials, or starts it.
 * @throws DevregError as `createRegistry` does
 */
export async function renewProcess(
  name: string,
  timeout: number | undefined,
  state: State,
  context: Context,
): Promise<void> {
  const request = { name, wanted: {}, rotatePassword: true, timeout: timeout ?? START_TIMEOUT_MS };
  await createRegistry(request, openCreatePorts(state, context));
}
