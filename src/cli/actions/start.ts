/** `devreg start`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseDuration } from '../../config/values.ts';
import type { AnyRecord, ClusterRecord } from '../../state/record.ts';
import { type State, openState } from '../../workflows/open-state.ts';
import { registryNames } from '../../workflows/settings.ts';
import { startRegistry } from '../../workflows/start.ts';
import type { Context } from '../context.ts';
import { START_TIMEOUT_MS, openCreatePorts } from '../create/create-ports.ts';
import { tellCreated } from '../create/tell-created.ts';
import {
  type ChangedRegistry,
  answerChanges,
  changeEach,
  findMeant,
  readLifecycleOptions,
} from '../lifecycle/change-each.ts';

/** What else `createRegistry` can say does not come about where nothing is asked for but to run. */
const OUTCOMES: Readonly<Record<string, string>> = { started: 'runs again', kept: 'runs already' };

/** A registry that runs, and what is said of it. */
interface StartedRegistry extends ChangedRegistry {
  readonly text: string;
}

/**
 * Starts one registry or all.
 * @throws DevregError CONFIG_INVALID, OPTIONS_CLASH, REGISTRY_NOT_FOUND, and those of the recipes
 */
export async function startRegistries(context: Context, flags: Flags): Promise<void> {
  const { surroundings, terminal } = context;
  const { env, machine } = surroundings;
  const options = createOptionReader(flags, env);
  const timeout = options.read('timeout', 'a time such as 30s or 5m', parseDuration);
  const wish = readLifecycleOptions(options, flags['name'] !== undefined);
  options.finish();

  const state = openState({ ...machine, env });
  const meant = await findMeant(wish, state);
  const result = await changeEach(meant, (record) =>
    record.provider === 'kind'
      ? startOneCluster(record, timeout, state, context)
      : startOneProcess(record, timeout, state, context),
  );
  if (meant.length === 0) terminal.note('There is no registry to start.');
  await answerChanges(result, wish.output, terminal);
}

async function startOneProcess(
  { name }: AnyRecord,
  timeout: number = START_TIMEOUT_MS,
  state: State,
  context: Context,
): Promise<StartedRegistry> {
  const { record, outcome } = await startRegistry({ name, timeout }, openCreatePorts(state, context));
  const names = registryNames(record.settings);
  const text = `The registry ${name} ${OUTCOMES[outcome]} as ${names.join(' and ')}.\n`;
  return { name, provider: record.provider, outcome, names, text };
}

/** It takes a while, and its user wants to know all that `create` says. */
async function startOneCluster(
  found: ClusterRecord,
  timeout: number | undefined,
  state: State,
  context: Context,
): Promise<StartedRegistry> {
  const { startCluster } = await import('../lifecycle/power-cluster.ts');
  const created = await startCluster(found, { timeout }, state, context);
  const { record, outcome, resolves } = created;
  const text = await tellCreated({ created, resolves }, 'text', state, context.surroundings);
  return { name: record.name, provider: record.provider, outcome, names: registryNames(record.settings), text };
}
