/** Which registry a command is about. */
import { DevregError } from '../errors.ts';
import { parseName, resolveName } from '../state/name.ts';
import type { AnyRecord } from '../state/record.ts';

/**
 * The name of the registry a command is about.
 * @param chosen by flag or variable
 * @param records all there are
 * @throws DevregError NAME_REFUSED
 */
export function chooseName(chosen: string | undefined, records: readonly AnyRecord[]): string {
  return resolveName(chosen === undefined ? undefined : parseName(chosen), records.map(nameOf));
}

/**
 * The registry a command is about.
 * @param chosen by flag or variable
 * @param records all there are
 * @throws DevregError NAME_REFUSED, REGISTRY_NOT_FOUND
 */
export function chooseRecord(chosen: string | undefined, records: readonly AnyRecord[]): AnyRecord {
  const name = chooseName(chosen, records);
  const record = records.find((one) => one.name === name);
  if (record === undefined) throw noSuchRegistry(name, records);
  return record;
}

/** Whether a command that is given no name would be about this registry. */
export function isImplied(name: string, records: readonly AnyRecord[]): boolean {
  return resolveName(undefined, records.map(nameOf)) === name;
}

/** Nothing is called so. */
export function noSuchRegistry(name: string, records: readonly AnyRecord[]): DevregError {
  const names = records.map(nameOf).join(', ');
  const hint = names === '' ? 'Make one with devreg create.' : `Choose another with --name: ${names}.`;
  return new DevregError('not-found', 'REGISTRY_NOT_FOUND', `There is no registry called ${name}.`, { hint });
}

function nameOf({ name }: AnyRecord): string {
  return name;
}
