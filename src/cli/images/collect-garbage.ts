/** Collects the garbage of a registry that devreg made, where it is: in a folder of this machine, or in a cluster. */
import { DevregError } from '../../errors.ts';
import { REGISTRY_DEFAULTS } from '../../registry/defaults.ts';
import { collectFolder } from '../../registry/garbage-collection.ts';
import { formatReport } from '../../registry/gc/format-report.ts';
import { collectInCluster } from '../../workflows/images/collect-in-cluster.ts';
import type { OwnRegistry } from '../../workflows/images/own-registries.ts';
import type { Context } from '../context.ts';
import { openServeLog } from '../serve/serve-log.ts';
import { translateServeFailure } from '../serve/serve-failure.ts';

/**
 * Collects.
 * @returns what went, in words
 * @throws DevregError GC_REFUSED, DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE, those of the engine
 */
export async function collectOwn(
  { record }: OwnRegistry,
  request: { readonly isDryRun: boolean; readonly deleteUntagged: boolean },
  { surroundings, terminal }: Context,
): Promise<string> {
  if (record.provider === 'kind') return collectInCluster(record, request, surroundings);
  const { dataDir } = record.settings;
  const log = openServeLog({ ...terminal, answer: (text) => terminal.note(text.trimEnd()) });
  const times = { lease: REGISTRY_DEFAULTS.gcLease, uploadIdle: REGISTRY_DEFAULTS.uploadIdle };
  try {
    return formatReport(await collectFolder({ dataDir, request, times }, { log, clock: { now: surroundings.now } }));
  } catch (error) {
    if (error instanceof Error && error.name === 'GcRefusedError') {
      const message = `The registry on ${dataDir} did not collect garbage: ${error.message}`;
      throw new DevregError('failure', 'GC_REFUSED', message, { hint: 'Its log says more.', cause: error });
    }
    throw await translateServeFailure(error, { ...REGISTRY_DEFAULTS, dataDir, listen: [] });
  }
}
