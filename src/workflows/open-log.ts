/** Opens what a registry says: the log of its process, or of its pod. */
import { readLogFile, type LogWish } from '../provider/process/read-log.ts';
import type { Folders } from '../state/folders.ts';
import { registryPaths } from '../state/paths.ts';
import type { AnyRecord } from '../state/record.ts';
import { type LogSource, readClusterLog } from './cluster/cluster-logs.ts';
import { openApi, openClusters } from './open-cluster.ts';
import { openMachine } from './open-machine.ts';

/** What reading needs. */
export interface LogPlace {
  readonly folders: Folders;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/**
 * Reads a log, line by line.
 * @throws DevregError LOG_NOT_FOUND, those of files, engine and API; the signal's reason when it aborts
 */
export async function* openLog(
  record: AnyRecord,
  source: LogSource,
  wish: LogWish,
  { folders, env, signal }: LogPlace,
): AsyncGenerator<string> {
  if (record.provider === 'process') {
    yield* readLogFile(registryPaths(folders, record.name).log, wish, signal);
    return;
  }
  const clusters = openClusters(await openMachine(env, record.engine, record.engineAt));
  const api = await openApi(await clusters.readKubeconfig(record.name));
  yield* readClusterLog(api, source, record.settings, wish, signal);
}
