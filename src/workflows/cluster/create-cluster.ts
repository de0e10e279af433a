/** The recipe of `devreg create` for a cluster: every step finds its work done or does it; what fails half-way is undone. */
import type { FoundNode } from '../../cluster/cluster-provider.ts';
import { DevregError } from '../../errors.ts';
import { type ClusterRecord, type ClusterSettings, contextOf } from '../../state/record.ts';
import { noSuchRegistry } from '../chosen-registry.ts';
import { providerFixed } from '../conflicts.ts';
import { type CredentialPorts, ensureCredentials } from '../ensure-credentials.ts';
import { dropFormerUser } from '../former-user.ts';
import { uniqueByPath } from '../host-trust.ts';
import type { PreflightSubject } from '../preflight.ts';
import { lockRegistry } from '../registry-lock.ts';
import { type BuildPorts, buildCluster } from './build-cluster.ts';
import { type PortPorts, claimPorts } from './claim-ports.ts';
import { type Drift, findDrift, refuseDrift } from './cluster-drift.ts';
import { type WantedCluster, settleCluster } from './cluster-settings.ts';
import { type Site, findSite, listenOf } from './engine-site.ts';
import { mayExpand } from './expand-storage.ts';
import { withOtherPorts } from './other-ports.ts';
import { type PlanPorts, planCluster } from './plan-cluster.ts';
import { type Reach, type ReachPorts, reachFromHost } from './reach-from-host.ts';
import { announceSite } from './site-news.ts';
import { type RemovePorts, removeCertificate, removeCluster } from './remove-cluster.ts';

/** What is asked for. */
export interface ClusterRequest {
  readonly name: string;
  readonly wanted: WantedCluster;
  readonly rotatePassword: boolean;
  /** Of the user's choice; undefined: the one there is, else one that is drawn. */
  readonly password?: string | undefined;
  /** Logins for other registries that nodes shall have, as docker's `config.json`; undefined: those they have. */
  readonly nodeLogins?: string | undefined;
  /** Whether one that is not there, or not whole, is an error, and none is made. */
  readonly mustExist?: boolean;
  /** Whether a cluster that is there goes first. */
  readonly recreate: boolean;
  /** Whether what was begun stays when something fails, to be looked at. */
  readonly keepOnFailure: boolean;
  /** Milliseconds that building may take. */
  readonly timeout: number;
}

/** What the recipe works with. */
export type ClusterPorts = PlanPorts & BuildPorts & ReachPorts & PortPorts & CredentialPorts & RemovePorts & LookPorts;

interface LookPorts {
  /** Looks at the machine before a cluster is made, and refuses one that cannot come about; absent: nobody looks. */
  readonly preflight?: (subject: PreflightSubject) => Promise<void>;
}

/** A cluster that is as asked for. */
export interface CreatedCluster extends Reach {
  readonly outcome: 'created' | 'recreated' | 'started' | 'kept';
  /** The file of the authority's certificate; undefined without TLS. */
  readonly ca: string | undefined;
}

/**
 * Makes a cluster with a registry, or brings one to what is asked for.
 * @throws DevregError: CLUSTER_DRIFT, CLUSTER_FOREIGN, CLUSTER_GONE, CREATE_TIMEOUT, PROVIDER_FIXED, PORT_IN_USE,
 *   REGISTRY_NOT_FOUND, those of settings, certificates, engine, provider and workloads; the signal's reason when it aborts
 */
export async function createCluster(request: ClusterRequest, ports: ClusterPorts): Promise<CreatedCluster> {
  if (request.keepOnFailure) return createOnce(request, ports);
  return withOtherPorts(request.wanted, ports.progress, () => createOnce(request, ports));
}

async function createOnce(request: ClusterRequest, ports: ClusterPorts): Promise<CreatedCluster> {
  const { name, keepOnFailure, nodeLogins } = request;
  const { folders, records, progress, signal } = ports;
  using _lock = await lockRegistry(name, ports);
  const { before, kept, isStopped, isInTheWay, settings, site } = await examine(request, ports);

  await using undo = new AsyncDisposableStack();
  const credentials = await ensureCredentials(name, request, ports, undo);
  if (before === undefined) undo.defer(() => removeCertificate(name, folders));
  const plan = await planCluster(name, settings, ports, site);
  // Only now: whatever could be refused has been.
  if (isInTheWay) await progress.step('Removing the cluster', () => ports.clusters.remove(name));
  const formerContext = kept === undefined ? await findContext(name, before, ports) : kept.formerContext;
  const record = {
    ...recordOf(name, settings, before, kept !== undefined, ports),
    ...(site.far && { engineAt: site.far.engine }),
    formerContext,
  };
  if (kept === undefined) announceSite(plan, progress);
  await records.save(record);
  if (kept !== undefined) undo.defer(() => restoreRecord(kept, ports));
  else if (keepOnFailure) undo.move();
  else undo.defer(() => removeWhatIsThere(record, ports));
  using deadline = openDeadline(request, signal);
  const order = { plan, credentials, nodeLogins, isThere: kept !== undefined, isStopped, keepOnFailure };
  await buildCluster(order, ports, deadline.signal);
  const users = { before: kept?.settings.user, now: settings.user };
  await dropFormerUser(name, users, { ...ports, signal: deadline.signal });
  const reach = await reachFromHost({ ...record, stage: 'ready' }, plan, credentials, ports);
  await records.save(reach.record);
  signal.throwIfAborted();
  if (!undo.disposed) undo.move();
  const remade = before === undefined ? 'created' : 'recreated';
  const outcome = isStopped ? 'started' : kept === undefined ? remade : 'kept';
  return { ...reach, outcome, ca: plan.certificate?.ca.file };
}

/** What there is, and what becomes of it. */
interface Examined {
  readonly before: ClusterRecord | undefined;
  /** The cluster that is brought to what is asked for; undefined when one is made. */
  readonly kept: ClusterRecord | undefined;
  /** Whether some nodes of it do not run. */
  readonly isStopped: boolean;
  /** Whether something has to go first. */
  readonly isInTheWay: boolean;
  readonly settings: ClusterSettings;
  readonly site: Site;
}

/** Looks, and refuses what cannot be; nothing is changed. */
async function examine(request: ClusterRequest, ports: ClusterPorts): Promise<Examined> {
  const { name } = request;
  const before = await findCluster(name, ports);
  const nodes = before === undefined ? [] : await ports.clusters.listNodes(name);
  // A cluster whose containers are gone is made anew, and so is one that was never finished.
  const kept = before?.stage === 'ready' && !request.recreate && nodes.length > 0 ? before : undefined;
  if (request.mustExist === true && kept === undefined) throw await notThere(before, name, ports);
  const isStopped = kept !== undefined && nodes.some((node) => !node.isRunning);
  const settled = settleCluster(request.wanted, before?.settings);
  if (kept !== undefined) refuseDrift(name, await findFixed(name, kept.settings, settled, { ...ports, isStopped }));
  const isOpen = kept !== undefined && nodes.some(({ role, isRunning }) => role === 'control-plane' && isRunning);
  const site = await findSite(ports.engine, settled.listen);
  const placed = { ...settled, ...listenOf(site, settled.listen) };
  const settings = isOpen ? placed : await claimPorts(name, placed, heldPorts(before, nodes), ports);
  if (kept === undefined) await ports.preflight?.({ settings, isReplacing: nodes.length > 0 });
  // Of one that was never finished, nodes may yet be coming.
  const isInTheWay = kept === undefined && (nodes.length > 0 || before?.stage === 'creating');
  return { before, kept, isStopped, isInTheWay, settings, site };
}

/** @throws DevregError PROVIDER_FIXED, CLUSTER_FOREIGN */
export async function findCluster(
  name: string,
  { records, clusters }: ClusterPorts,
): Promise<ClusterRecord | undefined> {
  const found = await records.find(name);
  if (found?.provider === 'process') throw providerFixed(found);
  if (found === undefined && (await clusters.list()).includes(name)) throw clusterForeign(name);
  return found;
}

/** What cannot be changed in place. That the claim may grow, only a cluster that runs can tell. */
export async function findFixed(
  name: string,
  before: ClusterSettings,
  wanted: ClusterSettings,
  { clusters, openApi, isStopped }: Pick<ClusterPorts, 'clusters' | 'openApi'> & { readonly isStopped: boolean },
): Promise<readonly Drift[]> {
  const drift = findDrift(before, wanted);
  const isGrowing = drift.some(({ key }) => key === 'storageSize') && before.storageClass !== undefined;
  if (!isGrowing || isStopped) return drift;
  const api = await openApi(await clusters.readKubeconfig(name));
  return (await mayExpand(api, before, wanted)) ? drift.filter(({ key }) => key !== 'storageSize') : drift;
}

async function notThere(
  before: ClusterRecord | undefined,
  name: string,
  { records }: ClusterPorts,
): Promise<DevregError> {
  return before === undefined ? noSuchRegistry(name, await records.list()) : clusterGone(before);
}

/** What kubectl is about now, unless that is the cluster itself. A file that cannot be read is kind's to tell of. */
async function findContext(
  name: string,
  before: ClusterRecord | undefined,
  { contexts }: ClusterPorts,
): Promise<string | undefined> {
  const current = await contexts.current().catch(() => undefined);
  return current === undefined || current === contextOf(name) ? before?.formerContext : current;
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

function clusterGone({ name, stage }: ClusterRecord): DevregError {
  const what = stage === 'creating' ? 'was never finished' : 'has no nodes any more';
  return new DevregError('not-found', 'CLUSTER_GONE', `The cluster ${name} ${what}.`, {
    hint: `Make it anew with devreg create --name ${name}, with the settings and the password it had.`,
  });
}
