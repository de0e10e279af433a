/** `devreg start`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseDuration } from '../../config/values.ts';
import { openState } from '../../workflows/open-state.ts';
import { registryNames } from '../../workflows/settings.ts';
import { startRegistry } from '../../workflows/start.ts';
import type { Context } from '../context.ts';
import { START_TIMEOUT_MS, openCreatePorts } from '../create/create-ports.ts';
import { answerChanges, changeEach, findMeant, readLifecycleOptions } from '../lifecycle/change-each.ts';

/** What else `createRegistry` can say does not come about where nothing is asked for but to run. */
const OUTCOMES: Readonly<Record<string, string>> = { started: 'runs again', kept: 'runs already' };

/**
 * Starts one registry or all.
 * @throws DevregError CONFIG_INVALID, OPTIONS_CLASH, REGISTRY_NOT_FOUND, and those of the recipe
 */
export async function startRegistries(context: Context, flags: Flags): Promise<void> {
  const { surroundings, terminal } = context;
  const { env, machine } = surroundings;
  const options = createOptionReader(flags, env);
  const timeout = options.read('timeout', 'a time such as 30s or 5m', parseDuration) ?? START_TIMEOUT_MS;
  const wish = readLifecycleOptions(options, flags['name'] !== undefined);
  options.finish();

  const state = openState({ ...machine, env });
  const meant = await findMeant(wish, state);
  const ports = openCreatePorts(state, context);
  const result = await changeEach(meant, async ({ name }) => {
    const { record, outcome } = await startRegistry({ name, timeout }, ports);
    return { name, provider: record.provider, outcome, names: registryNames(record.settings) };
  });
  if (meant.length === 0) terminal.note('There is no registry to start.');
  await answerChanges(
    result,
    ({ name, outcome, names }) => `The registry ${name} ${OUTCOMES[outcome]} as ${names.join(' and ')}.`,
    wish.output,
    terminal,
  );
}
