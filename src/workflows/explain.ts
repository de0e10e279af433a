/** Explains an error that a client said, by how things are on this machine. */
import { type Explanation, chooseHere, explainError } from '../doctor/explain-error.ts';
import type { Reading, RegistryHere } from '../doctor/question.ts';
import { readError } from '../doctor/read-error.ts';
import { isDevregError } from '../errors.ts';
import { findPortHolder } from '../provider/process/port-holder.ts';
import type { AnyRecord } from '../state/record.ts';
import type { LoginClient } from '../trust/client-files.ts';
import { entryOf, helperOf, readLoginFile } from '../trust/login-file.ts';
import { openClientPlaces } from './client-places.ts';
import { loginNames } from './login-names.ts';
import type { RegistryStatus } from './status.ts';
import type { TrustMachine } from './trust-machine.ts';
import { readTrust } from './trust-status.ts';
import { chooseSubject } from './trust-subject.ts';

export type { Explanation };

/** Where to look. */
export interface ExplainPorts {
  readonly records: readonly AnyRecord[];
  readonly machine: TrustMachine;
  /** How a registry is. */
  readonly readState: (record: AnyRecord) => Promise<RegistryStatus['state']>;
  readonly resolvesHere: (host: string) => Promise<boolean>;
}

/**
 * Explains a text. What cannot be found out counts as unknown: whoever has an error wants no second one.
 * @returns undefined when it is no known error
 */
export async function explain(text: string, ports: ExplainPorts): Promise<Explanation | undefined> {
  const reading = readError(text);
  const all = await Promise.all(ports.records.map((record) => lookAt(record, reading, ports)));
  const host = reading.registry?.replace(/:\d+$/, '');
  const holder = reading.port === undefined ? undefined : await findPortHolder(reading.port);
  return explainError({
    ...reading,
    all,
    here: chooseHere(reading, all),
    resolves: host === undefined ? undefined : await ports.resolvesHere(host),
    holder:
      holder === undefined
        ? undefined
        : `process ${holder.pid}${holder.command === undefined ? '' : ` (${holder.command})`}`,
  });
}

async function lookAt(record: AnyRecord, reading: Reading, ports: ExplainPorts): Promise<RegistryHere> {
  const names = loginNames(record);
  const name = names.find((one) => one === reading.registry) ?? names[0] ?? '';
  const [state, trusting, loggedIn] = await Promise.all([
    unlessRefused(() => ports.readState(record), 'unknown'),
    unlessRefused(() => findTrusting(record, name, ports.machine), []),
    findLogins(name, ports.machine),
  ]);
  return {
    name: record.name,
    isCluster: record.provider === 'kind',
    namespace: record.provider === 'kind' ? record.settings.namespace : 'devreg',
    nodePort: record.provider === 'kind' ? record.settings.nodePort : undefined,
    names,
    state,
    hasTls: record.settings.tls === 'auto',
    loggedIn,
    trusting,
  };
}

async function findTrusting(record: AnyRecord, registry: string, machine: TrustMachine): Promise<string[]> {
  const choice = { name: record.name, registries: undefined, caFile: undefined, isInsecure: false };
  const subject = await chooseSubject(choice, [record], machine.authorityFile);
  const states = await readTrust({ ...subject, registries: [registry] }, machine);
  return states.flatMap(({ target, state }) => (state === 'trusted' ? [target] : []));
}

const CLIENTS: readonly LoginClient[] = ['docker', 'podman', 'helm'];

async function findLogins(registry: string, { host, env }: TrustMachine): Promise<string[]> {
  const { files } = openClientPlaces({ platform: host.platform, home: host.home, env });
  const found = CLIENTS.map(async (client) => {
    const { path, section, hasHelpers } = files[client];
    return unlessRefused(async () => {
      const file = await readLoginFile(path);
      const isKept = entryOf(file, section, registry) !== undefined;
      return isKept || (hasHelpers && helperOf(file, registry) !== undefined) ? [client] : [];
    }, []);
  });
  return (await Promise.all(found)).flat();
}

async function unlessRefused<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDevregError(error)) throw error;
    return otherwise;
  }
}
