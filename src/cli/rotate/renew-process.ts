/** New credentials for a registry that is a process: it reads them when it starts. */
import { newAccessToken } from '../../registry/auth/access-token.ts';
import { createRegistry } from '../../workflows/create.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * Restarts it with new credentials, or starts it.
 * @throws DevregError as `createRegistry` does
 */
export async function renewProcess(
  name: string,
  timeout: number | undefined,
  state: State,
  { surroundings, terminal }: Context,
): Promise<void> {
  const { env, machine, program, signal, now } = surroundings;
  await createRegistry(
    { name, wanted: {}, rotatePassword: true, timeout: timeout ?? DEFAULT_TIMEOUT_MS },
    {
      ...state,
      provider: openProvider({ ...program, env }, machine.hostname),
      trustPlace: { home: machine.home, root: '/' },
      progress: terminal,
      signal,
      owner: `${machine.user}@${machine.hostname}`,
      now,
      drawToken: newAccessToken,
    },
  );
}
