/** `devreg get clusters` and `devreg get nodes`: devreg's own, whatever else there is on this machine. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import type { AnyRecord } from '../../state/record.ts';
import { chooseName, noSuchRegistry } from '../../workflows/chosen-registry.ts';
import { type ClusterRow, type NodeRow, readClusters, readNodes } from '../../workflows/read-clusters.ts';
import { openState } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { type OutputFormat, READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { type ListView, answerList, formatList } from '../output/list.ts';
import { toSeconds } from '../output/words.ts';

const CLUSTERS: ListView<ClusterRow> = {
  columns: [
    { heading: 'NAME', cell: ({ name }) => name },
    { heading: 'STATE', cell: ({ state }) => state },
    { heading: 'NODES', cell: ({ nodes }) => String(nodes.length) },
    { heading: 'REGISTRY', cell: ({ names }) => names.join(', ') },
    { heading: 'CONTEXT', cell: ({ context }) => context },
  ],
  wideColumns: [
    { heading: 'ENGINE', cell: ({ engine }) => engine },
    { heading: 'INGRESS', cell: ({ ingress }) => ingress },
    { heading: 'CREATED', cell: ({ createdAt }) => toSeconds(createdAt) },
  ],
  nameOf: ({ name }) => `cluster/${name}`,
};

const NODES: ListView<NodeRow> = {
  columns: [
    { heading: 'NAME', cell: ({ name }) => name },
    { heading: 'ROLE', cell: ({ role }) => role },
    { heading: 'STATE', cell: ({ state }) => state },
    { heading: 'CLUSTER', cell: ({ cluster }) => cluster },
  ],
  wideColumns: [],
  nameOf: ({ name }) => `node/${name}`,
};

const NO_CLUSTERS = 'No clusters. Make one with devreg create; devreg status shows registries without a cluster, too.';
const NO_NODES = 'No nodes. Make a cluster with devreg create, or see with devreg get clusters what became of one.';

/**
 * Answers with the clusters of this user; all of them, or the chosen one.
 * @throws DevregError REGISTRY_NOT_FOUND and CLUSTER_NOT_FOUND for a chosen name, those of the engine
 */
export async function getClusters(context: Context, flags: Flags): Promise<void> {
  const wanted = await read(context, flags);
  const { records, env, folders } = wanted;
  const rows = await readClusters(records, env, folders, (text) => context.terminal.warn(text));
  await answer(context, rows, wanted, CLUSTERS, NO_CLUSTERS);
}

/**
 * Answers with the nodes of the clusters of this user, or of the chosen one.
 * @throws DevregError REGISTRY_NOT_FOUND and CLUSTER_NOT_FOUND for a chosen name, those of the engine
 */
export async function getNodes(context: Context, flags: Flags): Promise<void> {
  const wanted = await read(context, flags);
  await answer(context, await readNodes(wanted.records, wanted.env), wanted, NODES, NO_NODES);
}
/** Programs get an empty list even where the name is wrong. */
async function answer<Row>(
  { terminal }: Context,
  rows: readonly Row[],
  { format, missing }: { readonly format: OutputFormat; readonly missing: DevregError | undefined },
  view: ListView<Row>,
  nothing: string,
): Promise<void> {
  if (missing === undefined) return answerList(terminal, rows, format, view, nothing);
  terminal.answer(await formatList(rows, format, view));
  throw missing;
}

async function read({ surroundings }: Context, flags: Flags) {
  const { env, machine } = surroundings;
  const options = createOptionReader(flags, env);
  const format = parseOutputFormat(options.read('output', 'a format', parseText) ?? 'table', READ_FORMATS);
  const given = options.read('name', 'a name', parseText);
  options.finish();
  const { folders, records } = openState({ ...machine, env });
  const all = await records.list();
  const chosen = given === undefined ? undefined : chooseName(given, all);
  const clusters = all.filter((record) => record.provider === 'kind');
  const wanted = clusters.filter(({ name }) => chosen === undefined || name === chosen);
  const missing = chosen === undefined || wanted.length > 0 ? undefined : noSuchCluster(chosen, all);
  return { format, records: wanted, missing, env, folders };
}

function noSuchCluster(name: string, all: readonly AnyRecord[]): DevregError {
  if (!all.some((record) => record.name === name)) return noSuchRegistry(name, all);
  const message = `The registry ${name} has no cluster: it runs as a process.`;
  return new DevregError('not-found', 'CLUSTER_NOT_FOUND', message, { hint: `See devreg status --name ${name}.` });
}
