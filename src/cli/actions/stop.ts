/** `devreg stop`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import type { ClusterRecord } from '../../state/record.ts';
import type { StoppedCluster } from '../../workflows/cluster/stop-cluster.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import { type State, openState } from '../../workflows/open-state.ts';
import { registryNames } from '../../workflows/settings.ts';
import { type StoppedRegistry, stopRegistry } from '../../workflows/stop.ts';
import type { Context } from '../context.ts';
import { answerChanges, changeEach, findMeant, readLifecycleOptions } from '../lifecycle/change-each.ts';

const OUTCOMES: Readonly<Record<StoppedRegistry['outcome'], string>> = {
  stopped: 'was stopped',
  killed: 'was killed, since it did not end by itself',
  kept: 'does not run',
};

/**
 * Stops one registry or all.
 * @throws DevregError CONFIG_INVALID, OPTIONS_CLASH, REGISTRY_NOT_FOUND, and those of the recipe
 */
export async function stopRegistries(context: Context, flags: Flags): Promise<void> {
  const { surroundings, terminal } = context;
  const { env, machine, program, signal } = surroundings;
  const options = createOptionReader(flags, env);
  const wish = readLifecycleOptions(options, flags['name'] !== undefined);
  options.finish();

  const state = openState({ ...machine, env });
  const meant = await findMeant(wish, state);
  const provider = openProvider({ ...program, env }, machine.hostname);
  const result = await changeEach(meant, async (found) => {
    const { name } = found;
    const { record, outcome } =
      found.provider === 'kind'
        ? await stopOneCluster(found, state, context)
        : await stopRegistry(name, { ...state, provider, progress: terminal, signal });
    const what = record.provider === 'kind' ? 'cluster' : 'registry';
    const text = `The ${what} ${name} ${OUTCOMES[outcome]}.\n`;
    return { name, provider: record.provider, outcome, names: registryNames(record.settings), text };
  });
  if (meant.length === 0) terminal.note('There is no registry to stop.');
  await answerChanges(result, wish.output, terminal);
}

async function stopOneCluster(record: ClusterRecord, state: State, context: Context): Promise<StoppedCluster> {
  const { stopClusterOf } = await import('../lifecycle/power-cluster.ts');
  return stopClusterOf(record, state, context);
}
