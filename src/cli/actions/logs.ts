/** `devreg logs`: what registry and ingress say. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseLineCount, parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { chooseRecord } from '../../workflows/chosen-registry.ts';
import { openLog } from '../../workflows/open-log.ts';
import { openState } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';

/**
 * Answers with a log.
 * @throws DevregError REGISTRY_NOT_FOUND, LOG_NOT_FOUND, those of engine and API
 */
export async function showLogs(
  { surroundings, terminal }: Context,
  flags: Flags,
  source: 'registry' | 'ingress',
): Promise<void> {
  const { env, machine, signal } = surroundings;
  const options = createOptionReader(flags, env);
  const follow = options.readSwitch('follow');
  const tail = options.read('tail', 'a number of lines', parseLineCount);
  const chosen = options.read('name', 'a name', parseText);
  options.finish();

  const state = openState({ ...machine, env });
  const record = chooseRecord(chosen, await state.records.list());
  if (record.provider === 'process' && source === 'ingress')
    throw new DevregError('not-found', 'LOG_NOT_FOUND', `The registry ${record.name} has no ingress: it is a process.`);
  for await (const line of openLog(record, source, { tail, follow }, { ...state, env, signal }))
    terminal.answer(`${line}\n`);
}
