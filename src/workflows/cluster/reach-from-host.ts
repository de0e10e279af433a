/** Makes this machine's clients reach a cluster's registry: their trust, the names, their logins. */
import { fullMessageOf, isDevregError } from '../../errors.ts';
import type { Runner } from '../../process/runner.ts';
import type { Credentials } from '../../state/credentials.ts';
import type { Folders } from '../../state/folders.ts';
import type { ClusterRecord } from '../../state/record.ts';
import type { Records } from '../../state/records.ts';
import type { ClientFile, LoginClient } from '../../trust/client-files.ts';
import { type LoginRequest, type LoginResult, loginClients } from '../../trust/client-login.ts';
import { ensureHostNames, readBorrowedNames, readHostNames } from '../../trust/hosts-file-edit.ts';
import type { HostNamePlan } from '../../trust/hosts-file.ts';
import { type TrustPlace, trustOnHost } from '../host-trust.ts';
import { aloneOnMachine } from '../machine-lock.ts';
import type { Progress } from '../progress.ts';
import { registryNames } from '../settings.ts';
import type { ClusterPlan } from './plan-cluster.ts';
import { registryHosts } from './registry-names.ts';

/** What reaching works with. */
export interface ReachPorts {
  readonly folders: Folders;
  readonly records: Records;
  readonly trustPlace: TrustPlace;
  readonly runner: Runner;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Whether a name leads to this machine, for programs on this machine. */
  readonly resolvesHere: (host: string, signal: AbortSignal) => Promise<boolean>;
  readonly hostsFile: string;
  /** Where clients keep their logins. */
  readonly clientFiles: Readonly<Record<LoginClient, ClientFile>>;
  /** Whether to write names into the hosts file: as asked for, or as the user answers. */
  readonly mayWriteHosts: (hosts: readonly string[]) => Promise<boolean>;
  /** Whether to log clients in. */
  readonly mayLogIn: (registries: readonly string[]) => Promise<boolean>;
}

/** How the registry can be reached. */
export interface Reach {
  readonly record: ClusterRecord;
  /** Whether the host leads to this machine. */
  readonly resolves: boolean;
  readonly logins: readonly LoginResult[];
}

/**
 * Does what can be done; what cannot is said, and the registry is there all the same.
 * @throws the signal's reason when it aborts
 */
export async function reachFromHost(
  record: ClusterRecord,
  plan: ClusterPlan,
  credentials: Credentials,
  ports: ReachPorts,
): Promise<Reach> {
  const trusted = await ensureTrust(record, plan, ports);
  const named = await ensureNamed(trusted, ports);
  const { user } = named.record.settings;
  const [byHost, byLocalhost = byHost] = registryNames(named.record.settings);
  const registries = named.resolves ? [...new Set([byHost, byLocalhost])] : [byLocalhost];
  if (!(await ports.mayLogIn(registries))) return { ...named, logins: [] };
  const { password } = credentials;
  const request = {
    files: ports.clientFiles,
    user,
    password,
    isPlain: plan.certificate === undefined,
    signal: ports.signal,
  };
  const parts = partsOf(named, registries);
  const logIn = async () => {
    const results: LoginResult[] = [];
    for (const part of parts) results.push(...(await loginClients(ports.runner, { ...request, ...part })));
    return results;
  };
  const logins = await ports.progress.step(`Logging in as ${user}`, () =>
    aloneOnMachine(ports.folders, logIn, ports.signal),
  );
  for (const login of logins)
    if (login.outcome === 'failed')
      ports.progress.warn(`${login.client} could not log in to ${login.registry}: ${login.reason}`);
  return { ...named, logins };
}

/** Docker goes to registries from the engine's machine, where `localhost` is the registry; others from this one. */
function partsOf(
  { record, resolves }: Omit<Reach, 'logins'>,
  registries: readonly string[],
): readonly Pick<LoginRequest, 'registries' | 'clients'>[] {
  if (!isElsewhere(record)) return [{ registries }];
  const [byHost, byLocalhost = byHost] = registryNames(record.settings);
  return [
    { clients: ['docker'], registries: [byLocalhost] },
    { clients: ['podman'], registries: resolves ? [byHost] : [] },
  ];
}

/** Whether the ports are another machine's, and not brought here by a tunnel. */
function isElsewhere({ engineAt }: ClusterRecord): boolean {
  return engineAt !== undefined && !engineAt.address.startsWith('127.');
}

/** A registry that some client does not trust is better than none. */
async function ensureTrust(record: ClusterRecord, plan: ClusterPlan, ports: ReachPorts): Promise<ClusterRecord> {
  const { certificate, settings } = plan;
  const { records, trustPlace, progress } = ports;
  const registries = certificate === undefined ? [] : registryNames(settings);
  try {
    return await trustOnHost(
      record,
      { certificate: certificate?.ca.pem ?? '', registries },
      trustPlace,
      records,
      progress,
    );
  } catch (error) {
    if (!isDevregError(error)) throw error;
    progress.warn(`${error.message} Clients will not trust the registry's certificate by themselves.`);
    const found = await records.find(record.name);
    return { ...record, trusted: found?.trusted ?? record.trusted };
  }
}

/**
 * Names that lead nowhere, or only as long as another cluster is there, are written into the hosts file, where that is
 * wanted and allowed.
 */
async function ensureNamed(record: ClusterRecord, ports: ReachPorts): Promise<Omit<Reach, 'logins'>> {
  const { folders, records, hostsFile, mayWriteHosts, progress, signal } = ports;
  const target = record.engineAt?.address;
  const { wanted, isMissing } = await findUnnamed(record, ports);
  if (wanted.length === 0 || !(await mayWriteHosts(wanted))) return { record, resolves: !isMissing };
  const named = { ...record, hostsFile };
  await records.save(named);
  try {
    const plan = await aloneOnMachine(folders, () => ensureHostNames(hostsFile, record.name, wanted, target), signal);
    const taken = conflictsIn(plan, hostsFile, progress);
    return { record: named, resolves: !taken.includes(record.settings.host) };
  } catch (error) {
    if (!isDevregError(error)) throw error;
    progress.warn(fullMessageOf(error));
    return { record: named, resolves: !isMissing };
  }
}

/**
 * Finds the names that belong into the hosts file and are not there.
 * @returns them, and whether the registry's own host leads nowhere without
 */
export async function findUnnamed(
  record: ClusterRecord,
  ports: Pick<ReachPorts, 'resolvesHere' | 'hostsFile' | 'signal'>,
): Promise<{ readonly wanted: readonly string[]; readonly isMissing: boolean }> {
  const hosts = registryHosts(record.settings);
  const lost = await findLost(record, hosts, ports);
  const borrowed = isElsewhere(record) ? [] : await findBorrowed(ports.hostsFile, record.name, hosts);
  return { wanted: [...new Set([...lost, ...borrowed])], isMissing: lost.includes(record.settings.host) };
}

/** Names of a registry on another machine lead there by the hosts file alone, as far as anybody here can know. */
async function findLost(
  record: ClusterRecord,
  hosts: readonly string[],
  { resolvesHere, hostsFile, signal }: Pick<ReachPorts, 'resolvesHere' | 'hostsFile' | 'signal'>,
): Promise<string[]> {
  if (record.engineAt === undefined || !isElsewhere(record))
    return keepWhere(hosts, async (host) => !(await resolvesHere(host, signal)));
  const plan = await readHostNames(hostsFile, record.name, hosts, record.engineAt.address);
  return plan.filter(({ action }) => action !== 'present').map(({ name }) => name);
}

/** A file that cannot be read lends nothing; where it is to be written, that is when it is told why not. */
async function findBorrowed(file: string, cluster: string, hosts: readonly string[]): Promise<string[]> {
  try {
    return await readBorrowedNames(file, cluster, hosts);
  } catch (error) {
    if (!isDevregError(error)) throw error;
    return [];
  }
}

/** Lines of somebody else's stay as they are. */
function conflictsIn(plan: readonly HostNamePlan[], file: string, progress: Progress): string[] {
  return plan.flatMap((one) => {
    if (one.action !== 'conflict') return [];
    progress.warn(`Line ${one.line} of ${file} leads ${one.name} to ${one.address}: it stays as it is.`);
    return [one.name];
  });
}

async function keepWhere<T>(items: readonly T[], test: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(test));
  return items.filter((_, index) => kept[index]);
}
