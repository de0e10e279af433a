/** Which registries, and which CA, the commands about trust are about. */
import { DevregError } from '../errors.ts';
import type { AnyRecord } from '../state/record.ts';
import { readAuthority } from '../trust/authority-file.ts';
import { parseRegistryName } from '../trust/registry-name.ts';
import { TARGET_NAMES, type TargetName, type TrustSubject } from '../trust/target.ts';
import { chooseRecord } from './chosen-registry.ts';
import { loginNames } from './login-names.ts';

/** How the user says it. */
export interface SubjectChoice {
  readonly name: string | undefined;
  /** Other registries than one of devreg's: `host:port`. */
  readonly registries: readonly string[] | undefined;
  readonly caFile: string | undefined;
  /** To be believed without a certificate. */
  readonly isInsecure: boolean;
}

/**
 * Settles what is to be trusted.
 * @param authorityFile the user's own CA
 * @throws DevregError REGISTRY_NOT_FOUND, REGISTRY_INVALID, FILE_MISSING, CA_FILE_INVALID, OPTIONS_CLASH
 */
export async function chooseSubject(
  choice: SubjectChoice,
  records: readonly AnyRecord[],
  authorityFile: string,
): Promise<TrustSubject> {
  const { name, registries, caFile, isInsecure } = choice;
  if (registries !== undefined && name !== undefined)
    throw new DevregError('usage', 'OPTIONS_CLASH', 'Give either --name or --registry.');
  if (isInsecure && caFile !== undefined)
    throw new DevregError('usage', 'OPTIONS_CLASH', '--insecure trusts without a certificate: leave out --ca-file.');
  const record = registries === undefined ? chooseRecord(name, records) : undefined;
  const isPlain = isInsecure || record?.settings.tls === 'off';
  return {
    registries: record === undefined ? (registries ?? []).map(parseRegistryName) : loginNames(record),
    authority: isPlain ? undefined : await readAuthority(caFile ?? authorityFile),
  };
}

/**
 * Reads names of targets.
 * @returns undefined when none was given
 * @throws DevregError TARGET_UNKNOWN
 */
export function parseTargets(names: readonly string[]): readonly TargetName[] | undefined {
  const targets = names.map((name) => {
    const target = TARGET_NAMES.find((one) => one === name);
    if (target !== undefined) return target;
    throw new DevregError('usage', 'TARGET_UNKNOWN', `There is no target ${JSON.stringify(name)}.`, {
      hint: `Choose among ${TARGET_NAMES.join(', ')}.`,
    });
  });
  return targets.length === 0 ? undefined : targets;
}
