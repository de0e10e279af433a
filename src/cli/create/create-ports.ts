/** Opens what making and starting a registry of this machine works with. */
import { newAccessToken } from '../../registry/auth/access-token.ts';
import type { CreatePorts } from '../../workflows/create.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';

/** The root folder that `/etc` is in. */
const ROOT = '/';

/** How long a registry gets to become ready when nobody says. */
export const START_TIMEOUT_MS = 60_000;

/** Opens it; nothing is done yet. */
export function openCreatePorts(state: State, { surroundings, terminal }: Context): CreatePorts {
  const { env, machine, program, signal, now } = surroundings;
  return {
    ...state,
    provider: openProvider({ ...program, env }, machine.hostname),
    trustPlace: { home: machine.home, root: ROOT },
    progress: terminal,
    signal,
    owner: `${machine.user}@${machine.hostname}`,
    now,
    drawToken: newAccessToken,
  };
}
