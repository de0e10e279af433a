/** `devreg get clusters` and `devreg get nodes`: devreg's own, whatever else there is on this machine. */
import { type Flags, createOptionReader } from '../../config/option-reader.ts';
import { parseText } from '../../config/values.ts';
import { chooseName, noSuchRegistry } from '../../workflows/chosen-registry.ts';
import { type ClusterRow, type NodeRow, readClusters, readNodes } from '../../workflows/read-clusters.ts';
import { openState } from '../../workflows/open-state.ts';
import type { Context } from '../context.ts';
import { READ_FORMATS, parseOutputFormat } from '../output/format.ts';
import { type ListView, formatList } from '../output/list.ts';
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

/**
 * Answers with the clusters of this user; all of them, or the chosen one.
 * @throws DevregError REGISTRY_NOT_FOUND for a chosen name, those of the engine
 */
export async function getClusters(context: Context, flags: Flags): Promise<void> {
  const { format, records, chosen, all, env, folders } = await read(context, flags);
  context.terminal.answer(
    await formatList(
      await readClusters(records, env, folders, (text) => context.terminal.warn(text)),
      format,
      CLUSTERS,
    ),
  );
  if (chosen !== undefined && records.length === 0) throw noSuchRegistry(chosen, all);
}

/**
 * Answers with the nodes of the clusters of this user, or of the chosen one.
 * @throws DevregError REGISTRY_NOT_FOUND for a chosen name, those of the engine
 */
export async function getNodes(context: Context, flags: Flags): Promise<void> {
  const { format, records, chosen, all, env } = await read(context, flags);
  context.terminal.answer(await formatList(await readNodes(records, env), format, NODES));
  if (chosen !== undefined && records.length === 0) throw noSuchRegistry(chosen, all);
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
  return { format, records: wanted, chosen, all, env, folders };
}
