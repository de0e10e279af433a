/** Conflicts with what others have, in words that say who and what to do. */
import { DevregError } from '../errors.ts';
import { describeProcess } from '../provider/process/process-command.ts';
import type { Occupant, PortInUseError } from '../provider/provider.ts';
import type { AnyRecord, Endpoint, RegistryRecord } from '../state/record.ts';

/** Somebody whom no record tells of works on the data folder. */
export function folderOccupied(dataDir: string, occupant: Occupant): DevregError {
  return new DevregError('conflict', 'DATA_FOLDER_IN_USE', `${dataDir} is in use by ${describeOccupant(occupant)}.`, {
    hint: 'End that one first, or choose another folder with --data-dir and another --name.',
  });
}

/** How somebody who works on a data folder is written in sentences. */
export function describeOccupant({ pid, host, command }: Occupant): string {
  if (pid === undefined) return 'another process';
  return host === undefined ? describeProcess(pid, command) : `process ${pid} on ${host}`;
}

/**
 * Says more about a taken port: which option is about it, and which registry has it if one of ours does.
 * @param others every other registry
 */
export function portTaken(
  error: PortInUseError,
  settings: Pick<Endpoint, 'port'>,
  others: readonly AnyRecord[],
): DevregError {
  const { port, cause } = error;
  const option = port === settings.port ? '--port' : '--registry-port';
  const owner = others.find((record) => record.settings.port === port || record.settings.registryPort === port);
  const isOwners = owner !== undefined && (owner.provider === 'kind' || isServedBy(owner, error));
  const message = isOwners ? `Port ${port} is in use by the registry ${owner.name}.` : error.message;
  const end = isOwners ? `delete that registry (devreg delete --name ${owner.name})` : 'end that program';
  const hint = `Choose another port with devreg create ${option}, or 0 to have one chosen; or ${end}.`;
  return new DevregError('conflict', 'PORT_IN_USE', message, { hint, cause });
}

/** What holds the port says so by its number. */
function isServedBy({ process }: RegistryRecord, { message }: PortInUseError): boolean {
  return process !== undefined && message.includes(`process ${process.pid} `);
}

/** The name belongs to a registry that runs somewhere else. */
export function providerFixed({ name, provider }: AnyRecord): DevregError {
  const what = provider === 'kind' ? 'a cluster' : 'a process of this machine';
  return new DevregError('conflict', 'PROVIDER_FIXED', `${name} runs as ${what}.`, {
    hint: `Choose another --name, or delete that one first: devreg delete --name ${name}.`,
  });
}
