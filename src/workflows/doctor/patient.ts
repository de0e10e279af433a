/** The registry that is looked at: how it is, what devreg knows of it, and its cluster where it is in one. */
import type { ClusterProvider } from '../../cluster/cluster-provider.ts';
import type { StateReport } from '../../doctor/check-state.ts';
import type { KubeApi } from '../../kube/kube-api.ts';
import type { RegistryProvider } from '../../provider/provider.ts';
import type { AnyRecord, ClusterRecord } from '../../state/record.ts';
import { inspectCluster } from '../cluster/inspect-cluster.ts';
import type { ClusterMachine } from '../open-machine.ts';
import type { State } from '../open-state.ts';
import type { ExaminedCluster } from './cluster-checks.ts';
import type { ExaminedRegistry } from './registry-checks.ts';
import { readFoundAuthority } from './trust-facts.ts';

/** An engine that answers, or why there is none. */
export type FoundEngine = ClusterMachine | { readonly refusal: unknown };

/** Who knows how registries are. */
export interface PatientPorts {
  readonly state: State;
  readonly provider: RegistryProvider;
  readonly openClusters: (machine: ClusterMachine) => ClusterProvider;
  readonly openApi: (kubeconfig: string) => Promise<KubeApi>;
  /** Of devreg. */
  readonly version: string;
}

/** A registry, and its cluster where it is in one. */
export interface Patient extends ExaminedRegistry {
  readonly state: StateReport['state'];
  /** Undefined unless it runs. */
  readonly cluster: ExaminedCluster | undefined;
}

/** @throws DevregError of the engine, and when the file system refuses */
export async function openPatient(record: AnyRecord, engine: FoundEngine, ports: PatientPorts): Promise<Patient> {
  const { state: kept, provider } = ports;
  const authority = await readFoundAuthority(record, kept.folders);
  const credentials = await kept.credentials.find(record.name);
  const known = { record, authority, credentials };
  if (record.provider === 'process') {
    const { state } = await provider.inspect(record);
    return { ...known, state, isRunning: state === 'running', cluster: undefined };
  }
  const { state, nodes } = await inspectState(record, engine, ports, authority?.certificate);
  const isRunning = state === 'running';
  const found = isRunning && 'engine' in engine ? engine : undefined;
  const cluster = found && clusterOf(record, nodes, authority?.certificate, found, ports);
  return { ...known, state, isRunning, cluster };
}

/**
 * How a cluster is; whether its registry answers is for the doors to say.
 * @param authority the certificate to believe, PEM
 * @throws DevregError of the engine
 */
export async function inspectState(
  record: ClusterRecord,
  engine: FoundEngine,
  { openClusters }: Pick<PatientPorts, 'openClusters'>,
  authority?: string,
): Promise<{ readonly state: StateReport['state']; readonly nodes: readonly string[] }> {
  if (!('engine' in engine)) return { state: 'unknown', nodes: [] };
  const { state, nodes } = await inspectCluster(record, openClusters(engine), authority);
  return { state: state === 'unready' ? 'running' : state, nodes };
}

function clusterOf(
  record: ClusterRecord,
  nodes: readonly string[],
  authority: string | undefined,
  machine: ClusterMachine,
  { openClusters, openApi, version }: PatientPorts,
): ExaminedCluster {
  const open = async () => openApi(await openClusters(machine).readKubeconfig(record.name));
  return { record, engine: machine.engine, nodes, openApi: open, authority, version };
}
