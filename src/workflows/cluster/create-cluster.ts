/** The recipe of `devreg create` for a cluster: every step finds its work done or does it; what fails half-way is undone. */
import type { ClusterProvider } from '../../cluster/cluster-provider.ts';
import { DevregError } from '../../errors.ts';
import { lockName } from '../../state/name-lock.ts';
import { registryPaths } from '../../state/paths.ts';
import type { ClusterRecord, ClusterSettings } from '../../state/record.ts';
import { providerFixed } from '../conflicts.ts';
import { type CredentialPorts, ensureCredentials } from '../ensure-credentials.ts';
import { uniqueByPath } from '../host-trust.ts';
import { type BuildPorts, buildCluster } from './build-cluster.ts';
import { type PortPorts, claimPorts } from './claim-ports.ts';
import { type WantedCluster, refuseDrift, settleCluster } from './cluster-settings.ts';
import { type PlanPorts, planCluster } from './plan-cluster.ts';
import { type Reach, type ReachPorts, reachFromHost } from './reach-from-host.ts';
import { removeCertificate, removeCluster } from './remove-cluster.ts';

/** What is asked for. */
export interface ClusterRequest {
  readonly name: string;
  readonly wanted: WantedCluster;
  readonly rotatePassword: boolean;
  /** Of the user's choice; undefined: the one there is, else one that is drawn. */
  readonly password?: string | undefined;
  /** Whether a cluster that is there goes first. */
  readonly recreate: boolean;
  /** Whether what was begun stays when something fails, to be looked at. */
  readonly keepOnFailure: boolean;
  /** Milliseconds that building may take. */
  readonly timeout: number;
}

/** What the recipe works with. */
export type ClusterPorts = PlanPorts & BuildPorts & ReachPorts & PortPorts & CredentialPorts;

type FoundNode = Awaited<ReturnType<ClusterProvider['listNodes']>>[number];

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
  const nodes = before === undefined ? [] : await ports.clusters.listNodes(name);
  const isKept = before?.stage === 'ready' && !request.recreate && isRunning(name, nodes, ports);
  const settled = settleCluster(request.wanted, before?.settings);
  if (isKept) refuseDrift(name, before.settings, settled);
  const settings = isKept ? settled : await claimPorts(name, settled, heldPorts(before, nodes), ports);

  await using undo = new AsyncDisposableStack();
  const credentials = await ensureCredentials(name, request, ports, undo);
  if (before === undefined) undo.defer(() => removeCertificate(name, folders));
  const plan = await planCluster(name, settings, ports);
  // Only now: whatever could be refused has been.
  if (!isKept && nodes.length > 0) await progress.step('Removing the cluster', () => ports.clusters.remove(name));
  const record = recordOf(name, settings, before, isKept, ports);
  await records.save(record);
  if (isKept) undo.defer(() => restoreRecord(before, ports));
  else if (keepOnFailure) undo.move();
  else undo.defer(() => removeWhatIsThere(record, ports));
  using deadline = openDeadline(request, signal);
  await buildCluster({ plan, credentials, isThere: isKept, keepOnFailure }, ports, deadline.signal);
  const reach = await reachFromHost({ ...record, stage: 'ready' }, plan, credentials, ports);
  await records.save(reach.record);
  signal.throwIfAborted();
  if (!undo.disposed) undo.move();
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
function isRunning(name: string, nodes: readonly FoundNode[], { engine }: ClusterPorts): boolean {
  const stopped = nodes.filter((node) => !node.isRunning).map((node) => node.name);
  if (stopped.length > 0) throw clusterStopped(name, stopped, engine.kind);
  return nodes.length > 0;
}

/** The ports of a cluster that makes way for its successor. */
function heldPorts(before: ClusterRecord | undefined, nodes: readonly FoundNode[]): readonly number[] {
  if (before === undefined || !nodes.some((node) => node.isRunning)) return [];
  return [before.settings.port, before.settings.registryPort];
}

/** What was written on this machine for a cluster before is still there, and its successor's to use or to take back. */
function recordOf(
  name: string,
  settings: ClusterSettings,
  before: ClusterRecord | undefined,
  isKept: boolean,
  { engine, now }: ClusterPorts,
): ClusterRecord {
  const { trusted = [], hostsFile } = before ?? {};
  const fresh = { createdAt: now().toISOString(), stage: 'creating' as const };
  const { createdAt, stage } = isKept && before !== undefined ? before : fresh;
  return { name, provider: 'kind', createdAt, trusted, settings, engine: engine.kind, stage, hostsFile };
}

/** As it was, and with all that has been written on this machine since. */
async function restoreRecord(before: ClusterRecord, { records }: ClusterPorts): Promise<void> {
  const found = await records.find(before.name);
  const { trusted, hostsFile } = found?.provider === 'kind' ? found : before;
  await records.save({ ...before, trusted: uniqueByPath([...before.trusted, ...trusted]), hostsFile });
}

/** As the record knows it now: trust and names may have been added since. */
async function removeWhatIsThere(record: ClusterRecord, ports: ClusterPorts): Promise<void> {
  const found = await ports.records.find(record.name);
  await removeCluster(found?.provider === 'kind' ? found : record, ports);
}

/** Named as what `AbortSignal.timeout` gives: whoever waited may say more about what for. */
class CreateTimeoutError extends DevregError {
  override readonly name = 'TimeoutError';

  constructor(timeout: number) {
    super('timeout', 'CREATE_TIMEOUT', `The cluster was not ready after ${timeout / 1000} s.`, {
      hint: 'Give it more time with --timeout 10m, or keep what there is with --keep-on-failure and look at devreg logs.',
    });
  }
}

function openDeadline({ timeout }: ClusterRequest, outer: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new CreateTimeoutError(timeout)), timeout);
  return { signal: AbortSignal.any([outer, controller.signal]), [Symbol.dispose]: () => clearTimeout(timer) };
}

function clusterForeign(name: string): DevregError {
  return new DevregError('conflict', 'CLUSTER_FOREIGN', `There is a kind cluster ${name} that devreg did not make.`, {
    hint: `Choose another --name, or remove that one: kind delete cluster --name ${name}.`,
  });
}

function clusterStopped(name: string, nodes: readonly string[], engine: string): DevregError {
  return new DevregError('conflict', 'CLUSTER_STOPPED', `The cluster ${name} does not run.`, {
    hint: `Start its nodes (${engine} start ${nodes.join(' ')}), or add --recreate to make it anew.`,
  });
}
