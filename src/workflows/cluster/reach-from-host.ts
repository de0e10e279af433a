/** Makes this machine's clients reach a cluster's registry: their trust, the names, their logins. */
import { isDevregError } from '../../errors.ts';
import type { Runner } from '../../process/runner.ts';
import type { Credentials } from '../../state/credentials.ts';
import type { ClusterRecord } from '../../state/record.ts';
import type { Records } from '../../state/records.ts';
import type { ClientFile, LoginClient } from '../../trust/client-files.ts';
import { type LoginResult, loginClients } from '../../trust/client-login.ts';
import { ensureHostNames, readBorrowedNames } from '../../trust/hosts-file-edit.ts';
import type { HostNamePlan } from '../../trust/hosts-file.ts';
import { type TrustPlace, trustOnHost } from '../host-trust.ts';
import type { Progress } from '../progress.ts';
import { registryNames } from '../settings.ts';
import type { ClusterPlan } from './plan-cluster.ts';
import { registryHosts } from './registry-names.ts';

/** What reaching works with. */
export interface ReachPorts {
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
  const [byHost, byLocalhost] = registryNames(named.record.settings);
  const registries = named.resolves ? [byHost, byLocalhost] : [byLocalhost];
  if (!(await ports.mayLogIn(registries))) return { ...named, logins: [] };
  const { password } = credentials;
  const logins = await ports.progress.step(`Logging in as ${user}`, () =>
    loginClients(ports.runner, {
      registries,
      files: ports.clientFiles,
      user,
      password,
      isPlain: plan.certificate === undefined,
      signal: ports.signal,
    }),
  );
  for (const login of logins)
    if (login.outcome === 'failed')
      ports.progress.warn(`${login.client} could not log in to ${login.registry}: ${login.reason}`);
  return { ...named, logins };
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
async function ensureNamed(
  record: ClusterRecord,
  { records, resolvesHere, hostsFile, mayWriteHosts, progress, signal }: ReachPorts,
): Promise<Omit<Reach, 'logins'>> {
  const hosts = registryHosts(record.settings);
  const lost = await keepWhere(hosts, async (host) => !(await resolvesHere(host, signal)));
  const borrowed = await findBorrowed(hostsFile, record.name, hosts);
  const isMissing = lost.includes(record.settings.host);
  const wanted = [...new Set([...lost, ...borrowed])];
  if (wanted.length === 0 || !(await mayWriteHosts(wanted))) return { record, resolves: !isMissing };
  const named = { ...record, hostsFile };
  await records.save(named);
  try {
    const taken = conflictsIn(await ensureHostNames(hostsFile, record.name, wanted), hostsFile, progress);
    return { record: named, resolves: !taken.includes(record.settings.host) };
  } catch (error) {
    if (!isDevregError(error)) throw error;
    progress.warn([error.message, error.hint].filter((text) => text !== undefined).join(' '));
    return { record: named, resolves: !isMissing };
  }
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
