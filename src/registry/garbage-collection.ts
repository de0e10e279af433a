/** Collects the garbage of a data folder: asks the registry that serves from it, or does it while none does. */
import { createLeases } from './core/leases.ts';
import type { Clock } from './core/ports.ts';
import { createUploads } from './core/uploads.ts';
import { actAsOwner, refuseOtherFolder } from './folder-access.ts';
import { askServer } from './gc/ask-server.ts';
import { type GcTimes, collectGarbage } from './gc/collect.ts';
import { createPace } from './gc/pace.ts';
import { findEarlierPromises } from './gc/promises.ts';
import type { GcReport, GcRequest } from './gc/report.ts';
import { createIndexWriter } from './layout/index-writer.ts';
import type { Log } from './log.ts';
import { openStores } from './stores.ts';

/** What is collected, and how. */
export interface FolderCollection {
  readonly dataDir: string;
  readonly request: GcRequest;
  /** For a folder that no registry serves from; one that does has its own. */
  readonly times: GcTimes;
}

/** A report, and who it is from. */
export interface FolderReport extends GcReport {
  /** `server`: the registry that serves from the folder. */
  readonly by: 'server' | 'this process';
}

/**
 * Collects.
 * @throws GcRefusedError; DataFolderLockedError when a process has the folder but does not listen for requests, as one
 *   that is just starting; StorageError where no registry has kept data; those of metadata
 */
export async function collectFolder(
  { dataDir, request, times }: FolderCollection,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<FolderReport> {
  await refuseOtherFolder(dataDir);
  const answered = await askServer(dataDir, request);
  if (answered !== undefined) return { ...answered, by: 'server' };
  await using _owner = await actAsOwner(dataDir);
  await using opened = new AsyncDisposableStack();
  const { metadata, blobs: store } = opened.use(await openStores(dataDir, 'full', log));
  const leases = opened.use(createLeases(0));
  const uploads = opened.use(createUploads(metadata, store, clock, leases));
  const earlier = await findEarlierPromises(metadata, clock, times.lease);
  const onFailure = (what: string, error: unknown) => log.warn('gc.kept', { what, error: String(error) });
  const parts = { metadata, store, leases, uploads, clock, times, earlier, onFailure };
  opened.use(
    createIndexWriter(metadata, store, leases, (error) => log.error('index.failed', { error: String(error) })),
  );
  const report = await collectGarbage(parts, request, createPace(1, new AbortController().signal));
  return { ...report, by: 'this process' };
}
