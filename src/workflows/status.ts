/** Which registries there are and how they are. */
import type { Condition, RegistryProvider } from '../provider/provider.ts';
import type { Folders } from '../state/folders.ts';
import { registryPaths } from '../state/paths.ts';
import { type AnyRecord, type ClusterRecord, type RegistryRecord, contextOf } from '../state/record.ts';
import type { ClusterCondition } from './cluster/inspect-cluster.ts';
import { registryNames } from './settings.ts';

/** A registry and how it is. */
export interface RegistryStatus {
  readonly name: string;
  readonly provider: string;
  readonly state: Condition['state'] | ClusterCondition['state'];
  /** ISO 8601; undefined unless it runs. */
  readonly since: string | undefined;
  /** Of a process. */
  readonly pid: number | undefined;
  /** The registry as clients name it. */
  readonly names: readonly string[];
  readonly tls: boolean;
  readonly user: string;
  /** Where images are on this machine; undefined when they are in the cluster. */
  readonly dataDir: string | undefined;
  /** The file of a process's log. */
  readonly log: string | undefined;
  /** What kubectl calls the cluster. */
  readonly context: string | undefined;
  /** Its nodes. */
  readonly nodes: readonly string[];
}

/** Who knows how registries are. */
export interface StatusPorts {
  readonly folders: Folders;
  readonly provider: RegistryProvider;
  readonly inspectCluster: (record: ClusterRecord) => Promise<ClusterCondition>;
}

/** Asks how each registry is. */
export async function readStatus(records: readonly AnyRecord[], ports: StatusPorts): Promise<RegistryStatus[]> {
  return Promise.all(
    records.map((record) =>
      record.provider === 'kind' ? statusOfCluster(record, ports) : statusOfProcess(record, ports),
    ),
  );
}

async function statusOfProcess(record: RegistryRecord, { provider, folders }: StatusPorts): Promise<RegistryStatus> {
  const { state } = await provider.inspect(record);
  const process = state === 'running' ? record.process : undefined;
  return {
    ...commonOf(record),
    state,
    since: process?.startedAt,
    pid: process?.pid,
    dataDir: record.settings.dataDir,
    log: registryPaths(folders, record.name).log,
    context: undefined,
    nodes: [],
  };
}

async function statusOfCluster(record: ClusterRecord, { inspectCluster }: StatusPorts): Promise<RegistryStatus> {
  const { state, nodes } = await inspectCluster(record);
  return {
    ...commonOf(record),
    state,
    since: state === 'running' ? record.createdAt : undefined,
    pid: undefined,
    dataDir: record.settings.dataDir,
    log: undefined,
    context: contextOf(record.name),
    nodes,
  };
}

function commonOf({
  name,
  provider,
  settings,
}: AnyRecord): Pick<RegistryStatus, 'name' | 'provider' | 'names' | 'tls' | 'user'> {
  return { name, provider, names: registryNames(settings), tls: settings.tls === 'auto', user: settings.user };
}
