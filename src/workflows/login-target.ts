/** Which registry, under which names, clients are to be logged in to or out of. */
import { DevregError } from '../errors.ts';
import type { AnyRecord } from '../state/record.ts';
import { chooseName, chooseRecord } from './chosen-registry.ts';
import { loginNames, plainRegistry } from './login-names.ts';

/** A registry and names of it. */
export interface LoginChoice {
  readonly record: AnyRecord;
  readonly registries: readonly string[];
  /** Whether the user named one name. */
  readonly isNamed: boolean;
}

/**
 * Finds the registry: by one of its names, with or without protocol and path (S0-22), or by what devreg calls it.
 * @param registry undefined: all its names
 * @param chosen devreg's name for it; undefined: the usual one
 * @param records all there are
 * @throws DevregError REGISTRY_NOT_FOUND, NAME_REFUSED
 */
export function chooseLogin(
  registry: string | undefined,
  chosen: string | undefined,
  records: readonly AnyRecord[],
): LoginChoice {
  if (registry === undefined) {
    const record = chooseRecord(chosen, records);
    return { record, registries: loginNames(record), isNamed: false };
  }
  const wanted = plainRegistry(registry);
  const candidates = records.filter((one) => chosen === undefined || one.name === chooseName(chosen, records));
  const record = candidates.find((one) => loginNames(one).includes(wanted));
  if (record !== undefined) return { record, registries: [wanted], isNamed: true };
  const names = candidates.flatMap(loginNames).join(', ');
  const own = names === '' ? 'Make one with devreg create.' : `Choose one of ${names}.`;
  throw new DevregError('not-found', 'REGISTRY_NOT_FOUND', `No registry of devreg is called ${wanted}.`, {
    hint: `${own} For a registry of others: docker login or podman login, which devreg's image commands go by.`,
  });
}

/**
 * Leaves out names that do not lead to this machine.
 * @returns those that do, and those that do not
 */
export async function splitByResolution(
  registries: readonly string[],
  resolvesHere: (host: string) => Promise<boolean>,
): Promise<{ readonly here: string[]; readonly lost: string[] }> {
  const answers = await Promise.all(registries.map((registry) => resolvesHere(registry.replace(/:\d+$/, ''))));
  return {
    here: registries.filter((_, index) => answers[index]),
    lost: registries.filter((_, index) => !answers[index]),
  };
}
