/** The recipe of `devreg create` for a cluster: every step finds its work done or does it; what fails half-way is undone. */
import { DevregError } from '../../errors.ts';
import { lockName } from '../../state/name-lock.ts';
import { registryPaths } from '../../state/paths.ts';
import type { ClusterRecord, ClusterSettings } from '../../state/record.ts';
import { providerFixed } from '../conflicts.ts';
import { type CredentialPorts, ensureCredentials } from '../ensure-credentials.ts';
import { type BuildPorts, buildCluster } from './build-cluster.ts';
import { type PortPorts, claimPorts } from './claim-ports.ts';
import { type WantedCluster, refuseDrift, settleCluster } from './cluster-settings.ts';
import { type PlanPorts, planCluster } from './plan-cluster.ts';
import { type Reach, type ReachPorts, reachFromHost } from './reach-from-host.ts';
import { removeCluster } from './remove-cluster.ts';

/** What is asked for. */
export interface ClusterRequest {
  readonly name: string;
  readonly wanted: WantedCluster;
  readonly rotatePassword: boolean;
  /** Whether a cluster that is there goes first. */
  readonly recreate: boolean;
  /** Whether what was begun stays when something fails, to be looked at. */
  readonly keepOnFailure: boolean;
  /** Milliseconds that building may take. */
  readonly timeout: number;
}

/** What the recipe works with. */
export type ClusterPorts = PlanPorts & BuildPorts & ReachPorts & PortPorts & CredentialPorts;

/** A cluster that is as asked for. */
export interface CreatedCluster extends Reach {
  readonly outcome: 'created' | 'recreated' | 'kept';
  /** The file of the authority's certificate; undefined without TLS. */
  readonly ca: string | undefined;
}

/**
 * Makes a cluster with a registry, or brings one to what is asked for.
 * @throws DevregError: CLUSTER_DRIFT, CLUSTER_FOREIGN, CLUSTER_STOPPED, CREATE_TIMEOUT, PROVIDER_FIXED, PORT_IN_USE,
 *   those of settings, certificates, engine, provider and workloads; the signal's reason when it aborts
 */
export async function createCluster(request: ClusterRequest, ports: ClusterPorts): Promise<CreatedCluster> {
  const { name, keepOnFailure } = request;
  const { folders, records, progress, signal } = ports;
  const onWait = () => progress.note(`Waiting for another devreg to finish with ${name}.`);
  using _lock = await lockName(registryPaths(folders, name).lock, signal, onWait);
  const before = await findCluster(name, ports);
  const isKept = before?.stage === 'ready' && !request.recreate && (await isRunning(name, ports));
  const settled = settleCluster(request.wanted, before?.settings);
  if (isKept) refuseDrift(name, before.settings, settled);
  else await clearPlace(name, before, ports);
  const settings = isKept ? settled : await claimPorts(name, settled, ports);

  await using undo = new AsyncDisposableStack();
  const credentials = await ensureCredentials(name, request.rotatePassword, ports, undo);
  const plan = await planCluster(name, settings, ports);
  const record = recordOf(name, settings, isKept ? before : undefined, ports);
  await records.save(record);
  if (isKept) undo.defer(() => records.save(before));
  else if (!keepOnFailure) undo.defer(() => removeWhatIsThere(record, ports));
  using deadline = openDeadline(request, signal);
  await buildCluster({ plan, credentials, isThere: isKept, keepOnFailure }, ports, deadline.signal);
  const reach = await reachFromHost({ ...record, stage: 'ready' }, plan, credentials, ports);
  await records.save(reach.record);
  signal.throwIfAborted();
  undo.move();
  const outcome = isKept ? 'kept' : before === undefined ? 'created' : 'recreated';
  return { ...reach, outcome, ca: plan.certificate?.ca.file };
}

async function findCluster(name: string, { records, clusters }: ClusterPorts): Promise<ClusterRecord | undefined> {
  const found = await records.find(name);
  if (found?.provider === 'process') throw providerFixed(found);
  if (found === undefined && (await clusters.list()).includes(name)) throw clusterForeign(name);
  return found;
}

/** A cluster whose containers are gone is made anew; one that was stopped is for its owner to start. */
async function isRunning(name: string, { clusters }: ClusterPorts): Promise<boolean> {
  const nodes = await clusters.listNodes(name);
  const stopped = nodes.filter((node) => !node.isRunning).map((node) => node.name);
  if (stopped.length > 0) throw clusterStopped(name, stopped);
  return nodes.length > 0;
}

/** What an interrupted or unwanted cluster left goes. */
async function clearPlace(name: string, before: ClusterRecord | undefined, ports: ClusterPorts): Promise<void> {
  if (before === undefined) return;
  if ((await ports.clusters.listNodes(name)).length > 0) await removeCluster(before, ports);
}

function recordOf(
  name: string,
  settings: ClusterSettings,
  before: ClusterRecord | undefined,
  { engine, now }: ClusterPorts,
): ClusterRecord {
  const fresh = { createdAt: now().toISOString(), trusted: [], hostsFile: undefined, stage: 'creating' as const };
  return { ...fresh, ...before, name, provider: 'kind', settings, engine: engine.kind };
}

/** As the record knows it now: trust and names may have been added since. */
async function removeWhatIsThere(record: ClusterRecord, ports: ClusterPorts): Promise<void> {
  const found = await ports.records.find(record.name);
  await removeCluster(found?.provider === 'kind' ? found : record, ports);
}

function openDeadline({ timeout }: ClusterRequest, outer: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(tooSlow(timeout)), timeout);
  return { signal: AbortSignal.any([outer, controller.signal]), [Symbol.dispose]: () => clearTimeout(timer) };
}

function tooSlow(timeout: number): DevregError {
  return new DevregError('timeout', 'CREATE_TIMEOUT', `The cluster was not ready after ${timeout / 1000} seconds.`, {
    hint: 'Give it more time with --timeout 10m, or keep what there is with --keep-on-failure and look at devreg logs.',
  });
}

function clusterForeign(name: string): DevregError {
  return new DevregError('conflict', 'CLUSTER_FOREIGN', `There is a kind cluster ${name} that devreg did not make.`, {
    hint: `Choose another --name, or remove that one: kind delete cluster --name ${name}.`,
  });
}

function clusterStopped(name: string, nodes: readonly string[]): DevregError {
  return new DevregError('conflict', 'CLUSTER_STOPPED', `The cluster ${name} does not run.`, {
    hint: `Start its nodes (docker start ${nodes.join(' ')}), or add --recreate to make it anew.`,
  });
}
