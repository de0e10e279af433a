/** Opens what making and starting a registry of this machine works with. */
import type { CreatePorts } from '../../workflows/create.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { openUserPorts } from './user-ports.ts';

/** How long a registry gets to become ready when nobody says. */
export const START_TIMEOUT_MS = 60_000;

/** Opens it; nothing is done yet. */
export function openCreatePorts(state: State, context: Context): CreatePorts {
  const { env, machine, program } = context.surroundings;
  return { ...openUserPorts(state, context), provider: openProvider({ ...program, env }, machine.hostname) };
}
