/** `devreg create`. */
import { once } from 'node:events';
import { REGISTRY_OPTIONS } from '../../config/cluster-options.ts';
import { readDeclared } from '../../config/declaration.ts';
import { type Flags, type OptionReader, createOptionReader } from '../../config/option-reader.ts';
import { chooseName } from '../../workflows/chosen-registry.ts';
import { openState } from '../../workflows/open-state.ts';
import { authorityFile } from '../../workflows/own-authority.ts';
import { profilePassword } from '../../workflows/profile.ts';
import type { Context } from '../context.ts';
import { type CiWish, drawName, freePorts, readCi } from '../create/ci.ts';
import { chooseProvider } from '../create/choose-provider.ts';
import { type CreateOrder, createOfProcess } from '../create/create-process.ts';
import { tellJob } from '../create/github-output.ts';
import { readName } from '../create/name-choice.ts';
import { choosePassword } from '../create/password-choice.ts';
import { type ClusterOptions, readClusterOptions, refuseClusterOptions } from '../create/wanted-cluster.ts';
import { wantedSettings } from '../create/wanted-settings.ts';
import { readTextFormat } from '../output/text-format.ts';

/**
 * Makes a registry, in a cluster or by itself, or brings one to what is asked for, and answers with how to use it.
 * @throws DevregError CONFIG_INVALID, OPTIONS_CLASH, PROVIDER_MISSING, and those of the recipes
 */
export async function create(context: Context, flags: Flags): Promise<void> {
  const { env } = context.surroundings;
  // Commander has a switch that begins with no- as the opposite of another.
  const options = createOptionReader({ ...flags, noExit: flags['exit'] === false ? true : undefined }, env);
  const isStaying = options.readSwitch('noExit');
  const cluster = readClusterOptions(options);
  const ci = readCi(options, env);
  const { order, provider, isAsking } = await readOrder(options, ci, context);
  await make(order, { provider, cluster, isAsking, options }, context);
  if (cluster.dryRun) return;
  if (ci.isJob) await tellLaterSteps(order, ci, context);
  if (isStaying) await stay(context);
}

interface ReadOrder {
  readonly order: CreateOrder;
  readonly provider: 'kind' | 'process' | undefined;
  /** Whether the user may be asked. */
  readonly isAsking: boolean;
}

async function readOrder(options: OptionReader, ci: CiWish, context: Context): Promise<ReadOrder> {
  const { env, machine } = context.surroundings;
  const given = readDeclared(REGISTRY_OPTIONS, options);
  const output = readTextFormat(options);
  const rotatePassword = options.readSwitch('rotatePassword');
  const readPassword = choosePassword({ ...given, rotatePassword }, options, machine);
  const isYes = options.readSwitch('yes');
  const own = wantedSettings(given, options, machine);
  const chosen = readName(given.name, options, context.terminal) ?? (ci.isEphemeral ? drawName() : undefined);
  options.finish();

  const state = openState({ ...machine, env });
  const records = await state.records.list();
  const name = chooseName(chosen, records);
  const before = records.find((record) => record.name === name)?.settings.profile;
  const usual = rotatePassword ? undefined : profilePassword(given.profile, before);
  const password = (await readPassword()) ?? usual;
  const wanted = ci.isEphemeral ? { ...own, ...freePorts(own) } : own;
  return {
    order: { name, wanted, rotatePassword, password, timeout: given.timeout, output, state, records },
    provider: given.provider,
    isAsking: !isYes && !ci.isJob && !env['DEVREG_NO_INPUT'],
  };
}

interface Making extends Omit<ReadOrder, 'order'> {
  readonly cluster: ClusterOptions;
  readonly options: OptionReader;
}

async function make(order: CreateOrder, making: Making, context: Context): Promise<void> {
  const { provider, options, isAsking } = making;
  const { engine, isEngineNamed, ...cluster } = making.cluster;
  const place = await chooseProvider({ provider, engine, isEngineNamed }, order, context);
  if (place.kind === 'process') {
    const ignored = refuseClusterOptions(options);
    if (ignored.length > 0) context.terminal.warn(`Without effect, for it is no cluster: ${ignored.join(', ')}.`);
    return createOfProcess(order, context);
  }
  const { createOfCluster } = await import('../create/create-cluster.ts');
  return createOfCluster({ ...order, cluster, place, isAsking }, context);
}

async function tellLaterSteps(
  { name, state }: CreateOrder,
  { tellsPassword }: CiWish,
  { surroundings: { env, stderr, resolvesHere, signal } }: Context,
): Promise<void> {
  const [record, credentials] = await Promise.all([state.records.find(name), state.credentials.find(name)]);
  if (record === undefined || credentials === undefined) return;
  const ca = authorityFile(record, state.folders);
  const resolves = await resolvesHere(record.settings.host, signal);
  await tellJob({ record, credentials, ca, resolves, tellsPassword }, env, (line) => stderr.write(`${line}\n`));
}

/** As idpbuilder does with `--no-exit`: whoever wants the end of it says so. */
async function stay({ surroundings: { signal }, terminal }: Context): Promise<void> {
  terminal.note('Staying until interrupted, as --no-exit says.');
  if (!signal.aborted) await once(signal, 'abort');
}
