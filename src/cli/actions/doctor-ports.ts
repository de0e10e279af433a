/** Opens what `doctor` works with on this machine. */
import type { DoctorPorts } from '../../workflows/doctor.ts';
import { openDoctor } from '../../workflows/open-doctor.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import type { State } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { VERSION } from '../version.ts';

/** Opens it; nothing is asked yet. */
export function openDoctorPorts(
  state: State,
  engineWish: DoctorPorts['engineWish'],
  { surroundings, terminal }: Context,
): DoctorPorts {
  const { env, machine, program, now, resolvesHere } = surroundings;
  return {
    ...openDoctor({ ...machine, env }),
    state,
    engineWish,
    provider: openProvider({ ...program, env }, machine.hostname),
    now,
    resolvesHere,
    version: VERSION,
    progress: terminal,
  };
}
