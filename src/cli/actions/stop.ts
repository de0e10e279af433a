/** `devreg stop`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import { openState } from '../../workflows/open-state.ts';
import { registryNames } from '../../workflows/settings.ts';
import { type StoppedRegistry, stopRegistry } from '../../workflows/stop.ts';
import type { Context } from '../context.ts';
import { answerChanges, changeEach, findMeant, readLifecycleOptions } from '../lifecycle/change-each.ts';

const OUTCOMES: Readonly<Record<string, string>> = {
  stopped: 'was stopped',
  killed: 'was killed, since it did not end by itself',
  kept: 'does not run',
} satisfies Record<StoppedRegistry['outcome'], string>;

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
  const result = await changeEach(meant, async ({ name }) => {
    const { record, outcome } = await stopRegistry(name, { ...state, provider, progress: terminal, signal });
    return { name, provider: record.provider, outcome, names: registryNames(record.settings) };
  });
  if (meant.length === 0) terminal.note('There is no registry to stop.');
  await answerChanges(
    result,
    ({ name, outcome }) => `The registry ${name} ${OUTCOMES[outcome]}.`,
    wish.output,
    terminal,
  );
}
