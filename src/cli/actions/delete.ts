/** `devreg delete`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseSwitch, parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { chooseName } from '../../workflows/chosen-registry.ts';
import { type DeletedRegistry, deleteRegistry } from '../../workflows/delete.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import { openState } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { confirm } from '../terminal/confirm.ts';

/**
 * Deletes one registry or all.
 * @throws DevregError NOT_CONFIRMED, CONFIG_INVALID, and those of the recipe
 */
export async function deleteRegistries(context: Context, flags: Flags): Promise<void> {
  const { env, machine, program, signal } = context.surroundings;
  const options = createOptionReader(flags, env);
  const volumes = options.read('volumes', 'yes or no', parseSwitch) ?? false;
  const isAll = options.read('all', 'yes or no', parseSwitch) ?? false;
  const mayAsk = !(options.read('yes', 'yes or no', parseSwitch) ?? false) && !env['DEVREG_NO_INPUT'];
  const chosen = options.read('name', 'a name', parseText);
  options.finish();
  if (isAll && flags['name'] !== undefined)
    throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --all or --name.');

  const state = openState({ ...machine, env });
  const records = await state.records.list();
  const names = isAll ? records.map(({ name }) => name) : [chooseName(chosen, records)];
  if (volumes && mayAsk && names.length > 0) await askFirst(names, context);
  const ports = {
    ...state,
    provider: openProvider({ ...program, env }, machine.hostname),
    progress: context.terminal,
    signal,
  };
  for (const name of names) describe(await deleteRegistry({ name, volumes }, ports), context);
  if (names.length === 0) context.terminal.answer('There is no registry to delete.\n');
}

async function askFirst(names: readonly string[], { surroundings }: Context): Promise<void> {
  const { stdin, stderr, signal } = surroundings;
  if (stdin.isTTY !== true) return;
  const question = `Remove all images and credentials of ${names.join(', ')} for good?`;
  if (await confirm(question, stdin, stderr, signal)) return;
  throw new DevregError('failure', 'NOT_CONFIRMED', 'Nothing was deleted.');
}

function describe({ name, existed, keptData, removedData }: DeletedRegistry, { terminal }: Context): void {
  const sentences = [existed ? `Deleted the registry ${name}.` : `There is no registry called ${name}.`];
  if (removedData !== undefined) sentences.push(`Removed its images in ${removedData}, and its credentials.`);
  terminal.answer(`${sentences.join(' ')}\n`);
  if (keptData !== undefined)
    terminal.note(`Its images stay in ${keptData}, its password stays too; delete --volumes removes both.`);
}
