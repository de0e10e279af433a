/** `devreg trust status`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { openState } from '../../workflows/open-state.ts';
import { openTrustMachine } from '../../workflows/trust-machine.ts';
import { type TrustState, readTrust } from '../../workflows/trust-status.ts';
import { chooseSubject } from '../../workflows/trust-subject.ts';
import type { Context } from '../context.ts';
import { READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { type ListView, formatList } from '../output/list.ts';

const VIEW: ListView<TrustState> = {
  columns: [
    { heading: 'TARGET', cell: ({ target }) => target },
    { heading: 'REGISTRY', cell: ({ registry }) => registry },
    { heading: 'TRUST', cell: ({ state }) => state },
  ],
  wideColumns: [{ heading: 'BECAUSE', cell: ({ because }) => because }],
  nameOf: ({ target, registry }) => `${target}/${registry}`,
};

/**
 * Answers with who trusts which registry.
 * @throws DevregError REGISTRY_NOT_FOUND, and those of the recipe
 */
export async function showTrust({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const { env, machine } = surroundings;
  const options = createOptionReader(flags, env);
  const format = parseOutputFormat(options.read('output', 'a format', parseText) ?? 'table', READ_FORMATS);
  const registries = options.readAll('registry', 'host and port', parseText);
  const named = options.read('name', 'a name', parseText);
  const choice = {
    name: registries !== undefined && flags['name'] === undefined ? undefined : named,
    registries,
    caFile: options.read('caFile', 'a file', parseText),
    isInsecure: options.readSwitch('insecure'),
  };
  options.finish();
  const { folders, records } = openState({ ...machine, env });
  const trustMachine = await openTrustMachine({ ...machine, env, folders, root: '/' });
  const subject = await chooseSubject(choice, await records.list(), trustMachine.authorityFile);
  terminal.answer(await formatList(await readTrust(subject, trustMachine), format, VIEW));
}
