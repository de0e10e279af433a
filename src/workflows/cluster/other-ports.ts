/** Tries again with other ports where somebody else took one in the moment between its choice and its use (C-04). */
import { isDevregError } from '../../errors.ts';
import { CommandFailedError } from '../../process/command-failed-error.ts';
import type { Progress } from '../progress.ts';
import type { WantedCluster } from './cluster-settings.ts';

/** How often ports are chosen. */
const DRAWS = 3;

/**
 * Makes an attempt, and others when the engine could not have a port that nobody asked for: one that devreg chose, or
 * kind for the API. Each chooses anew.
 * @throws what the last attempt throws
 */
export async function withOtherPorts<T>(
  wanted: Pick<WantedCluster, 'port' | 'registryPort' | 'extraPorts'>,
  progress: Pick<Progress, 'note'>,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let draw = 1; ; draw += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (draw === DRAWS || !isBadDraw(error, wanted)) throw error;
      progress.note(`${error instanceof Error ? error.message : ''} Trying again with other ports.`);
    }
  }
}

function isBadDraw(
  error: unknown,
  { port, registryPort, extraPorts }: Pick<WantedCluster, 'port' | 'registryPort' | 'extraPorts'>,
): boolean {
  // What the engine says; what was refused before it was asked had been asked for.
  if (!isDevregError(error) || error.code !== 'PORT_IN_USE' || !(error.cause instanceof CommandFailedError))
    return false;
  const taken = Number(/\d+/.exec(error.message)?.[0]);
  return ![port, registryPort, ...(extraPorts ?? []).map((pair) => Number(pair.split(':')[0]))].includes(taken);
}
