/** Ends the process that serves a registry, and says how that went. */
import type { RegistryProvider, Subject } from '../provider/provider.ts';
import type { Progress } from './progress.ts';

/** What ending works with. */
export interface EndPorts {
  readonly provider: RegistryProvider;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Ends a registry that runs, letting open requests finish.
 * @returns `killed` when it did not end by itself
 * @throws DevregError STOP_FAILED; the signal's reason when it aborts
 */
export async function endProcess(
  subject: Subject,
  { provider, progress, signal }: EndPorts,
): Promise<'ended' | 'killed'> {
  const how = await progress.step('Stopping the registry', () => provider.stop(subject, signal));
  if (how === 'killed') progress.warn('The registry did not end by itself and was killed.');
  return how;
}
