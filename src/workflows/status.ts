/** Which registries there are and how they are. */
import type { Condition, RegistryProvider } from '../provider/provider.ts';
import { registryPaths } from '../state/paths.ts';
import type { Folders } from '../state/folders.ts';
import type { RegistryRecord } from '../state/record.ts';
import { registryNames } from './settings.ts';

/** A registry and how it is. */
export interface RegistryStatus {
  readonly name: string;
  readonly provider: string;
  readonly state: Condition['state'];
  /** ISO 8601; undefined unless it runs. */
  readonly since: string | undefined;
  readonly pid: number | undefined;
  /** The registry as clients name it. */
  readonly names: readonly string[];
  readonly tls: boolean;
  readonly user: string;
  readonly dataDir: string;
  readonly log: string;
}

/** Asks how each registry is. */
export async function readStatus(
  records: readonly RegistryRecord[],
  folders: Folders,
  provider: RegistryProvider,
): Promise<RegistryStatus[]> {
  return Promise.all(
    records.map(async (record) => {
      const { name, settings } = record;
      const { state } = await provider.inspect(record);
      const process = state === 'running' ? record.process : undefined;
      return {
        name,
        provider: record.provider,
        state,
        since: process?.startedAt,
        pid: process?.pid,
        names: registryNames(settings),
        tls: settings.tls === 'auto',
        user: settings.user,
        dataDir: settings.dataDir,
        log: registryPaths(folders, name).log,
      };
    }),
  );
}
