/** The recipe of `devreg stop`: ends a registry's process and keeps all the rest for `devreg start`. */
import type { Folders } from '../state/folders.ts';
import type { RegistryRecord } from '../state/record.ts';
import type { Records } from '../state/records.ts';
import { noSuchRegistry } from './chosen-registry.ts';
import { folderOccupied, providerFixed } from './conflicts.ts';
import { type EndPorts, endProcess } from './end-process.ts';
import { lockRegistry } from './registry-lock.ts';

/** What the recipe works with. */
export interface StopPorts extends EndPorts {
  readonly folders: Folders;
  readonly records: Records;
}

/** A registry that does not run. */
export interface StoppedRegistry {
  readonly record: RegistryRecord;
  /** `kept`: it did not run; `killed`: it did not end within its grace. */
  readonly outcome: 'stopped' | 'killed' | 'kept';
}

/**
 * Stops a registry, whether or not it runs. Open requests may finish within its grace; what an upload has received
 * stays, and the client goes on with it after the next start (S1-16).
 * @throws DevregError REGISTRY_NOT_FOUND, PROVIDER_FIXED, DATA_FOLDER_IN_USE, STOP_FAILED; the signal's reason
 *   when it aborts
 */
export async function stopRegistry(name: string, ports: StopPorts): Promise<StoppedRegistry> {
  const { records, provider } = ports;
  using _lock = await lockRegistry(name, ports);
  const record = await records.find(name);
  if (record === undefined) throw noSuchRegistry(name, await records.list());
  if (record.provider !== 'process') throw providerFixed(record);
  const condition = await provider.inspect(record);
  if (condition.state === 'occupied') throw folderOccupied(record.settings.dataDir, condition.occupant);
  if (condition.state === 'stopped') return { record, outcome: 'kept' };
  const how = await endProcess(record, ports);
  return { record, outcome: how === 'killed' ? 'killed' : 'stopped' };
}
