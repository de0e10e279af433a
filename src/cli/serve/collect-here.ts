/** Collects the garbage of a data folder of this machine, and says in devreg's words why that was refused. */
import { DevregError } from '../../errors.ts';
import { REGISTRY_DEFAULTS } from '../../registry/defaults.ts';
import { type FolderCollection, type FolderReport, collectFolder } from '../../registry/garbage-collection.ts';
import type { Context } from '../context.ts';
import { translateServeFailure } from './serve-failure.ts';
import { openServeLog } from './serve-log.ts';

/**
 * Collects, or has the registry that runs there collect.
 * @throws DevregError GC_REFUSED, DATA_FOLDER_IN_USE, DATA_FOLDER_UNUSABLE
 */
export async function collectHere(
  collection: FolderCollection,
  { surroundings, terminal }: Context,
): Promise<FolderReport> {
  const log = openServeLog({ ...terminal, answer: (text) => terminal.note(text.trimEnd()) });
  try {
    return await collectFolder(collection, { log, clock: { now: surroundings.now } });
  } catch (error) {
    if (error instanceof Error && error.name === 'GcRefusedError') {
      const message = `The registry on ${collection.dataDir} did not collect garbage: ${error.message}`;
      throw new DevregError('failure', 'GC_REFUSED', message, { hint: 'Its log says more.', cause: error });
    }
    throw await translateServeFailure(error, { ...REGISTRY_DEFAULTS, dataDir: collection.dataDir, listen: [] });
  }
}
