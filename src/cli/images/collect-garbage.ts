/** Collects the garbage of a registry that devreg made, where it is: in a folder of this machine, or in a cluster. */
import { DevregError } from '../../errors.ts';
import { REGISTRY_DEFAULTS } from '../../registry/defaults.ts';
import { parseAnswer } from '../../registry/gc/messages.ts';
import type { GcReport } from '../../registry/gc/report.ts';
import { collectInCluster } from '../../workflows/images/collect-in-cluster.ts';
import type { OwnRegistry } from '../../workflows/images/own-registries.ts';
import type { Context } from '../context.ts';
import { collectHere } from '../serve/collect-here.ts';

/**
 * Collects.
 * @returns what went, or would go
 * @throws DevregError GC_REFUSED, DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE, those of the engine
 */
export async function collectOwn(
  { record }: OwnRegistry,
  request: { readonly isDryRun: boolean; readonly deleteUntagged: boolean },
  context: Context,
): Promise<GcReport> {
  if (record.provider === 'kind')
    return readReport(await collectInCluster(record, request, context.surroundings), record.name);
  const { dataDir } = record.settings;
  const times = { lease: REGISTRY_DEFAULTS.gcLease, uploadIdle: REGISTRY_DEFAULTS.uploadIdle };
  return collectHere({ dataDir, request, times }, context);
}

/** Lines of its log may stand around the report. */
function readReport(said: string, name: string): GcReport {
  const answers = said.split('\n').map(parseAnswer);
  const found = answers.find((answer) => answer !== undefined && 'report' in answer);
  if (found !== undefined && 'report' in found) return found.report;
  throw new DevregError('failure', 'GC_REFUSED', `The registry of ${name} did not say what it collected.`, {
    hint: 'See devreg status, and devreg logs.',
  });
}
