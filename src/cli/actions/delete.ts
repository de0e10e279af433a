/** `devreg delete`. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import type { CredentialStore } from '../../state/credentials.ts';
import type { AnyRecord } from '../../state/record.ts';
import { openClientPlaces } from '../../workflows/client-places.ts';
import { chooseName } from '../../workflows/chosen-registry.ts';
import { openKubeContexts } from '../../workflows/cluster/kube-contexts.ts';
import { deleteCluster } from '../../workflows/cluster/delete-cluster.ts';
import { type DeletePorts, type DeleteRequest, type DeletedRegistry, deleteRegistry } from '../../workflows/delete.ts';
import { dropLogins } from '../../workflows/logout.ts';
import { openClusters } from '../../workflows/open-cluster.ts';
import { openMachine } from '../../workflows/open-machine.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import { openState } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import type { Surroundings } from '../surroundings.ts';
import { confirm } from '../terminal/confirm.ts';

/**
 * Deletes one registry or all.
 * @throws DevregError NOT_CONFIRMED, CONFIG_INVALID, and those of the recipe
 */
export async function deleteRegistries(context: Context, flags: Flags): Promise<void> {
  const { env, machine, program, signal } = context.surroundings;
  const options = createOptionReader(flags, env);
  const volumes = options.readSwitch('volumes');
  const isAll = options.readSwitch('all');
  const mayAsk = !options.readSwitch('yes') && !env['DEVREG_NO_INPUT'];
  const chosen = options.read('name', 'a name', parseText);
  const prefix = options.read('prefix', 'the beginning of a name', parseText);
  options.finish();
  if (isAll && flags['name'] !== undefined)
    throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --all or --name.');
  if (flags['prefix'] !== undefined && !isAll)
    throw new DevregError('usage', 'OPTIONS_CLASH', 'Give --prefix with --all only.');

  const state = openState({ ...machine, env });
  const records = await state.records.list();
  const names = isAll
    ? await listNames(records, volumes ? state.credentials : undefined, prefix)
    : [chooseName(chosen, records)];
  if (volumes && mayAsk && names.length > 0) await askFirst(names, context);
  const places = openClientPlaces({ ...machine, env });
  const ports = {
    ...state,
    provider: openProvider({ ...program, env }, machine.hostname),
    progress: context.terminal,
    signal,
    dropLogins: (record: AnyRecord) => dropLogins(record, { ...state, places }, context.terminal),
  };
  for (const name of names) {
    const record = records.find((one) => one.name === name);
    describe(record, await deleteOne({ name, volumes }, record, ports, context.surroundings), context);
  }
  if (names.length === 0) context.terminal.answer('There is no registry to delete.\n');
}

/** @param credentials those of registries whose data an earlier delete kept; absent: they stay */
async function listNames(
  records: readonly AnyRecord[],
  credentials: Pick<CredentialStore, 'list'> | undefined,
  prefix = '',
): Promise<readonly string[]> {
  const names = new Set([...records.map(({ name }) => name), ...((await credentials?.list()) ?? [])]);
  return [...names].filter((name) => name.startsWith(prefix));
}

async function askFirst(names: readonly string[], { surroundings }: Context): Promise<void> {
  const { stdin, stderr, signal } = surroundings;
  if (stdin.isTTY !== true) return;
  const question = `Remove all images and credentials of ${names.join(', ')} for good?`;
  if (await confirm(question, stdin, stderr, signal)) return;
  throw new DevregError('failure', 'NOT_CONFIRMED', 'Nothing was deleted.');
}

async function deleteOne(
  request: DeleteRequest,
  record: AnyRecord | undefined,
  ports: DeletePorts,
  surroundings: Surroundings,
): Promise<DeletedRegistry> {
  if (record?.provider !== 'kind') return deleteRegistry(request, ports);
  const { env, machine } = surroundings;
  const opened = await openMachine(env, record.engine, record.engineAt);
  const contexts = openKubeContexts({ ...machine, env });
  return deleteCluster(request, { ...ports, contexts, engine: opened.engine, clusters: openClusters(opened) });
}

function describe(
  record: AnyRecord | undefined,
  { name, existed, keptData, removedData }: DeletedRegistry,
  { terminal }: Context,
): void {
  const what = record?.provider === 'kind' ? 'cluster' : 'registry';
  const sentences = [existed ? `Deleted the ${what} ${name}.` : `There is no registry called ${name}.`];
  if (removedData !== undefined) sentences.push(`Removed its images in ${removedData}, and its credentials.`);
  terminal.answer(`${sentences.join(' ')}\n`);
  if (keptData === undefined) return;
  // Of a cluster that is gone nobody remembers the folder.
  const end = record?.provider === 'kind' ? '' : '; delete --volumes removes both';
  terminal.note(`Its images stay in ${keptData}, its password stays too${end}.`);
}
