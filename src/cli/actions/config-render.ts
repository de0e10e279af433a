/** `devreg config render kind`: the configuration that kind would get (C-02). */
import { REGISTRY_OPTIONS } from '../../config/cluster-options.ts';
import { readDeclared } from '../../config/declaration.ts';
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { chooseName } from '../../workflows/chosen-registry.ts';
import { showKindConfig } from '../../workflows/cluster/show-cluster.ts';
import { openState } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { readWanted } from '../create/read-wanted.ts';
import { readClusterOptions } from '../create/wanted-cluster.ts';
import { wantedSettings } from '../create/wanted-settings.ts';

/**
 * Answers with the configuration.
 * @throws DevregError CONFIG_INVALID, OPTIONS_CLASH, those of settings and configuration
 */
export async function renderKind(context: Context, flags: Flags): Promise<void> {
  const { env, machine } = context.surroundings;
  const options = createOptionReader(flags, env);
  const given = readDeclared(REGISTRY_OPTIONS, options);
  const cluster = readClusterOptions(options);
  const settings = wantedSettings(given, options, machine);
  options.finish();
  const { records } = openState({ ...machine, env });
  const all = await records.list();
  const name = chooseName(given.name, all);
  const before = all.find((record) => record.name === name);
  const wanted = await readWanted({ ...settings, ...cluster.wanted }, cluster.kindConfig, context);
  context.terminal.answer(await showKindConfig(name, wanted, before, context.terminal));
}
