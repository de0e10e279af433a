/** The recipe of `devreg delete`: ends a registry and takes back what `create` wrote; data go only when asked for. */
import { isPresent } from '../optional-files.ts';
import type { CredentialStore } from '../state/credentials.ts';
import type { Folders } from '../state/folders.ts';
import { registryPaths } from '../state/paths.ts';
import type { AnyRecord, RegistryRecord } from '../state/record.ts';
import type { Records } from '../state/records.ts';
import { describeOccupant, folderOccupied, providerFixed } from './conflicts.ts';
import { removeDataFolder } from './data-folder.ts';
import { type EndPorts, endProcess } from './end-process.ts';
import { othersThan, releaseTrust } from './host-trust.ts';
import { lockRegistry } from './registry-lock.ts';

/** What is asked for. */
export interface DeleteRequest {
  readonly name: string;
  /** Whether images and credentials go too, for good. */
  readonly volumes: boolean;
}

/** What the recipe works with. */
export interface DeletePorts extends EndPorts {
  readonly folders: Folders;
  readonly records: Records;
  readonly credentials: CredentialStore;
  /** Takes back the logins that clients keep; absent: they are left alone. */
  readonly dropLogins?: (record: AnyRecord) => Promise<void>;
}

/** What became of it. */
export interface DeletedRegistry {
  readonly name: string;
  /** Whether there was such a registry. */
  readonly existed: boolean;
  /** Where its images still are; undefined when there are none. */
  readonly keptData: string | undefined;
  /** Where its images were, if they were removed. */
  readonly removedData: string | undefined;
}

/**
 * Deletes a registry, whether or not it is there.
 * @throws DevregError DATA_FOLDER_IN_USE, STOP_FAILED, or when the file system refuses; the signal's reason when it
 *   aborts, and then the same command can finish later
 */
export async function deleteRegistry({ name, volumes }: DeleteRequest, ports: DeletePorts): Promise<DeletedRegistry> {
  const { folders, records, credentials, provider, progress } = ports;
  const paths = registryPaths(folders, name);
  using _lock = await lockRegistry(name, ports);
  const record = await records.find(name);
  if (record !== undefined && record.provider !== 'process') throw providerFixed(record);
  const dataDir = record?.settings.dataDir ?? paths.data;
  if (record !== undefined) {
    await end(record, volumes, ports);
    await ports.dropLogins?.(record);
    await releaseTrust(record.trusted, await othersThan(name, records));
    await records.remove(name);
  }
  const hasData = await isPresent(dataDir);
  if (volumes) {
    const made = record?.madeFolder ?? (dataDir === paths.data ? dataDir : undefined);
    await progress.step('Removing images and credentials', () => removeDataFolder(dataDir, made, provider));
    await credentials.remove(name);
  }
  const kept = hasData && !volumes ? dataDir : undefined;
  return { name, existed: record !== undefined, keptData: kept, removedData: hasData && volumes ? dataDir : undefined };
}

async function end(record: RegistryRecord, volumes: boolean, ports: DeletePorts): Promise<void> {
  const { provider, progress } = ports;
  const { dataDir } = record.settings;
  const condition = await provider.inspect(record);
  if (condition.state === 'occupied' && volumes) throw folderOccupied(dataDir, condition.occupant);
  if (condition.state === 'occupied')
    progress.warn(`${dataDir} is in use by ${describeOccupant(condition.occupant)}, which goes on.`);
  if (condition.state === 'running') await endProcess(record, ports);
}
