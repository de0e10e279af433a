/** What recipes that make something have of their user, whatever it is they make. */
import { newAccessToken } from '../../registry/auth/access-token.ts';
import type { CreatePorts } from '../../workflows/create.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';

/** The root folder that `/etc` is in. */
export const ROOT = '/';

/** Opens it; nothing is done yet. */
export function openUserPorts(state: State, { surroundings, terminal }: Context): Omit<CreatePorts, 'provider'> {
  const { machine, signal, now } = surroundings;
  return {
    ...state,
    trustPlace: { home: machine.home, root: ROOT },
    progress: terminal,
    signal,
    owner: `${machine.user}@${machine.hostname}`,
    now,
    drawToken: newAccessToken,
  };
}
