/** `devreg create`. */
import { resolve } from 'node:path';
import { type Flags, type OptionReader, createOptionReader } from '../../config/option-reader.ts';
import { parseChoice, parseDuration, parsePort, parseSwitch, parseText, parseUserName } from '../../config/values.ts';
import { chooseName } from '../../workflows/chosen-registry.ts';
import { openState } from '../../workflows/open-state.ts';
import type { WantedSettings } from '../../workflows/settings.ts';
import type { Context } from '../context.ts';
import { type CreateOrder, createOfProcess } from '../create/create-process.ts';
import { chooseProvider } from '../create/choose-provider.ts';
import { readPasswordChoice } from '../create/password-choice.ts';
import { readClusterOptions, refuseClusterOptions } from '../create/wanted-cluster.ts';

/**
 * Makes a registry, in a cluster or by itself, or brings one to what is asked for, and answers with how to use it.
 * @throws DevregError CONFIG_INVALID, OPTIONS_CLASH, PROVIDER_MISSING, and those of the recipes
 */
export async function create(context: Context, flags: Flags): Promise<void> {
  const { env, machine } = context.surroundings;
  const options = createOptionReader(flags, env);
  const provider = options.read('provider', 'kind or process', parseChoice(['kind', 'process']));
  const output = options.read('output', 'text, json or yaml', parseChoice(['text', 'json', 'yaml'])) ?? 'text';
  const timeout = options.read('timeout', 'a time such as 30s or 5m', parseDuration);
  const rotatePassword = options.read('rotatePassword', 'yes or no', parseSwitch) ?? false;
  const chosenPassword = readPasswordChoice(options, machine.folder);
  const isAsking = !(options.read('yes', 'yes or no', parseSwitch) ?? false) && !env['DEVREG_NO_INPUT'];
  const wanted = readWanted(options, machine.folder);
  const cluster = readClusterOptions(options);
  const chosen = options.read('name', 'a name', parseText);
  options.finish();

  const state = openState({ ...machine, env });
  const records = await state.records.list();
  const name = chooseName(chosen, records);
  const password = await chosenPassword();
  const order: CreateOrder = { name, wanted, rotatePassword, password, timeout, output, state, records };
  const place = await chooseProvider(provider, order, context);
  if (place.kind === 'process') {
    refuseClusterOptions(options);
    return createOfProcess(order, context);
  }
  const { createOfCluster } = await import('../create/create-cluster.ts');
  return createOfCluster({ ...order, cluster, place, isAsking }, context);
}

/** Only what was given: the rest stays as it was, or becomes the default. */
function readWanted(options: OptionReader, folder: string): WantedSettings {
  const aPort = 'a port, 0 to 65535';
  const protocol = options.read('protocol', 'https or http', parseChoice(['https', 'http']));
  const tls = protocol === undefined ? undefined : protocol === 'http' ? ('off' as const) : ('auto' as const);
  const wanted = {
    host: options.read('host', 'a host', parseText),
    port: options.read('port', aPort, parsePort),
    registryPort: options.read('registryPort', aPort, parsePort),
    user: options.read('user', 'a name without colons, blanks and control characters', parseUserName),
    dataDir: options.read('dataDir', 'a folder', (text) => (text === '' ? undefined : resolve(folder, text))),
    durability: options.read('durability', 'full or fast', parseChoice(['full', 'fast'])),
    tls: options.read('tls', 'auto or off', parseChoice(['auto', 'off'])) ?? tls,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}
