/** `devreg rotate`: a new password and a new token for the administrator, and clients that know them. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseDuration, parseText } from '../../config/values.ts';
import type { AnyRecord } from '../../state/record.ts';
import { chooseRecord } from '../../workflows/chosen-registry.ts';
import { openClientPlaces } from '../../workflows/client-places.ts';
import { type State, openState } from '../../workflows/open-state.ts';
import { rotate } from '../../workflows/rotate.ts';
import type { Context } from '../context.ts';
import { formatOutcomes } from '../login/outcomes.ts';
import { renewCluster } from '../rotate/renew-cluster.ts';
import { renewProcess } from '../rotate/renew-process.ts';

/**
 * Rotates, and answers with who was logged in again.
 * @throws DevregError REGISTRY_NOT_FOUND, CONFIG_INVALID, and those of the recipes
 */
export async function rotateCredentials(context: Context, flags: Flags): Promise<void> {
  const { env, machine, signal } = context.surroundings;
  const options = createOptionReader(flags, env);
  const timeout = options.read('timeout', 'a time such as 30s or 5m', parseDuration);
  const chosen = options.read('name', 'a name', parseText);
  options.finish();

  const state = openState({ ...machine, env });
  const record = chooseRecord(chosen, await state.records.list());
  const places = openClientPlaces({ ...machine, env });
  const renew = (one: AnyRecord) => renewOne(one, timeout, state, context);
  const results = await rotate(record, { ...state, places, progress: context.terminal, signal, renew });
  context.terminal.answer(`${record.settings.user} has a new password and a new token.\n${formatOutcomes(results)}`);
  for (const result of results)
    if (result.outcome !== 'done')
      context.terminal.warn(
        `${result.client} still has the old password for ${result.registry}` +
          `${result.outcome === 'failed' ? `: ${result.reason}` : ', and is not on the PATH.'} Run devreg login.`,
      );
}

function renewOne(record: AnyRecord, timeout: number | undefined, state: State, context: Context): Promise<unknown> {
  return record.provider === 'kind'
    ? renewCluster(record, timeout, state, context)
    : renewProcess(record.name, timeout, state, context);
}
