/** Collects the garbage of a registry that devreg made, where it is: in a folder of this machine, or in a cluster. */
import { REGISTRY_DEFAULTS } from '../../registry/defaults.ts';
import { formatReport } from '../../registry/gc/format-report.ts';
import { collectInCluster } from '../../workflows/images/collect-in-cluster.ts';
import type { OwnRegistry } from '../../workflows/images/own-registries.ts';
import type { Context } from '../context.ts';
import { collectHere } from '../serve/collect-here.ts';

/**
 * Collects.
 * @returns what went, in words
 * @throws DevregError GC_REFUSED, DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE, those of the engine
 */
export async function collectOwn(
  { record }: OwnRegistry,
  request: { readonly isDryRun: boolean; readonly deleteUntagged: boolean },
  context: Context,
): Promise<string> {
  if (record.provider === 'kind') return collectInCluster(record, request, context.surroundings);
  const { dataDir } = record.settings;
  const times = { lease: REGISTRY_DEFAULTS.gcLease, uploadIdle: REGISTRY_DEFAULTS.uploadIdle };
  return formatReport(await collectHere({ dataDir, request, times }, context));
}
