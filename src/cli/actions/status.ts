/** `devreg status`: what runs, where, since when. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import { type AnyRecord, contextOf } from '../../state/record.ts';
import { chooseName, noSuchRegistry } from '../../workflows/chosen-registry.ts';
import { openInspection, openPatientInspection } from '../../workflows/open-inspection.ts';
import { openProvider } from '../../workflows/open-provider.ts';
import { openState } from '../../workflows/open-state.ts';
import { type RegistryStatus, readStatus } from '../../workflows/status.ts';
import type { Context } from '../context.ts';
import { READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { type ListView, formatList } from '../output/list.ts';
import { toSeconds } from '../output/words.ts';

const VIEW: ListView<RegistryStatus> = {
  columns: [
    { heading: 'NAME', cell: ({ name }) => name },
    { heading: 'PROVIDER', cell: ({ provider }) => provider },
    { heading: 'STATE', cell: ({ state }) => state },
    { heading: 'REGISTRY', cell: ({ names }) => names.join(', ') },
    { heading: 'SINCE', cell: ({ since }) => (since === undefined ? '-' : toSeconds(since)) },
  ],
  wideColumns: [
    { heading: 'PID', cell: ({ pid }) => String(pid ?? '-') },
    { heading: 'TLS', cell: ({ tls }) => (tls ? 'yes' : 'no') },
    { heading: 'USER', cell: ({ user }) => user },
    { heading: 'DATA', cell: ({ dataDir }) => dataDir ?? '-' },
    { heading: 'LOG', cell: ({ log }) => log ?? '-' },
    { heading: 'CONTEXT', cell: ({ context }) => context ?? '-' },
    { heading: 'NODES', cell: ({ nodes }) => nodes.join(', ') || '-' },
  ],
  nameOf: ({ name }) => `registry/${name}`,
};

/**
 * Answers with the registries there are.
 * @throws DevregError REGISTRY_NOT_FOUND when there is none, or none of the name
 */
export async function showStatus({ surroundings, terminal }: Context, flags: Flags): Promise<void> {
  const { env, machine, program } = surroundings;
  const options = createOptionReader(flags, env);
  const format = parseOutputFormat(options.read('output', 'a format', parseText) ?? 'table', READ_FORMATS);
  const chosen = options.read('name', 'a name', parseText);
  options.finish();

  const { folders, records } = openState({ ...machine, env });
  const all = await records.list();
  const name = chooseName(chosen, all);
  const shown = all.filter((record) => chosen === undefined || record.name === name);
  const statuses = await readStatus(shown, {
    folders,
    provider: openProvider({ ...program, env }, machine.hostname),
    inspectCluster: openPatientInspection(openInspection(env, folders), (text) => terminal.warn(text)),
  });
  if (shown.length > 0 || format.kind !== 'jsonpath') terminal.answer(await formatList(statuses, format, VIEW));
  if (['table', 'wide'].includes(format.kind)) for (const line of shown.flatMap(lookCloser)) terminal.note(line);
  if (chosen !== undefined && shown.length === 0) throw noSuchRegistry(name, all);
  if (shown.length === 0)
    throw new DevregError('not-found', 'REGISTRY_NOT_FOUND', 'There is no registry.', {
      hint: 'Make one with devreg create.',
    });
}

/** What shows a cluster's registry to somebody who looks for a mistake (S1-25). */
function lookCloser(record: AnyRecord): string[] {
  if (record.provider !== 'kind') return [];
  const { namespace, serviceName, appName } = record.settings;
  const kubectl = `kubectl --context ${contextOf(record.name)} -n ${namespace}`;
  return [
    `Look closer at ${record.name}:`,
    `  ${kubectl} get svc ${serviceName} -o yaml`,
    `  ${kubectl} get pod -l app.kubernetes.io/name=${appName}`,
  ];
}
