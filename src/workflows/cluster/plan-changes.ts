/** What `create` would change of a cluster that is there, part by part. Everything is looked at, nothing is touched. */
import type { FoundNode } from '../../cluster/cluster-provider.ts';
import { type NodeTrustReport, checkNodeTrust } from '../../cluster/node-trust.ts';
import { checkNames } from '../../kube/cluster-dns.ts';
import { type ObjectChange, compareObject } from '../../kube/compare-objects.ts';
import type { KubeApi, KubeObject } from '../../kube/kube-api.ts';
import type { ClusterRecord, ClusterSettings } from '../../state/record.ts';
import { isChanging, settleCredentials } from '../ensure-credentials.ts';
import { checkServerCertificate } from '../server-certificate.ts';
import { renderFor } from './apply-objects.ts';
import { registryAddress } from '../../cluster/service-address.ts';
import { formatDrift } from './cluster-drift.ts';
import { settleCluster } from './cluster-settings.ts';
import { type ClusterConfig, configureKind } from './configure-kind.ts';
import { type ClusterPorts, type ClusterRequest, findCluster, findFixed } from './create-cluster.ts';
import { findImage, viewOf } from './desired-view.ts';
import { dnsRulesOf, nodeTrustOf } from './names-in-cluster.ts';
import { certificateRequest, readServerCertificate } from './plan-cluster.ts';
import { findUnnamed } from './reach-from-host.ts';

/** One part, and what `create` would do with it. */
export interface PlannedPart {
  readonly part: string;
  readonly state: 'same' | 'patch' | 'needs recreate';
  /** In words; empty when it stays the same. */
  readonly detail: string;
}

/** What is asked for. */
export type PlanRequest = Pick<ClusterRequest, 'name' | 'wanted' | 'rotatePassword' | 'password'>;

/** Why a certificate is made again, in words. */
const REASONS = {
  missing: 'there is none',
  due: 'ends within 30 days',
  over: 'has ended',
  early: 'is not valid yet',
  names: 'lacks a name',
  authority: 'is of another authority',
} as const;

/**
 * Plans what `createCluster` would do with a cluster that is there.
 * @returns undefined where it would make a new one
 * @throws DevregError CLUSTER_FOREIGN, PROVIDER_FIXED, and those of `planChanges`
 */
export async function planCreate(
  request: PlanRequest & Pick<ClusterRequest, 'recreate'>,
  ports: ClusterPorts,
): Promise<PlannedPart[] | undefined> {
  const before = await findCluster(request.name, ports);
  const nodes = before === undefined ? [] : await ports.clusters.listNodes(request.name);
  if (before?.stage !== 'ready' || nodes.length === 0 || request.recreate) return undefined;
  return planChanges(request, before, nodes, ports);
}

/**
 * Plans the changes of a cluster whose nodes are there.
 * @throws DevregError of settings, engine, API and files
 */
async function planChanges(
  request: PlanRequest,
  before: ClusterRecord,
  nodes: readonly FoundNode[],
  ports: ClusterPorts,
): Promise<PlannedPart[]> {
  const { name } = before;
  const wanted = settleCluster(request.wanted, before.settings);
  const stopped = nodes.filter(({ isRunning }) => !isRunning).map((node) => node.name);
  const drift = await findFixed(name, before.settings, wanted, { ...ports, isStopped: stopped.length > 0 });
  const fixed = drift.map((one) =>
    part(`option ${one.option}`, 'needs recreate', formatDrift(one).replace(/^\S+ /, '')),
  );
  // What only a new cluster has would show everywhere else too.
  const kept = Object.fromEntries(drift.map(({ key }) => [key, before.settings[key]]));
  const settings: ClusterSettings = { ...wanted, ...kept };
  const config = await configureKind(name, settings, ports.progress);
  const own = await planOwn(request, settings, config, ports);
  const here = [...fixed, nodesPart(stopped), ...own, await hostsPart({ ...before, settings }, ports)];
  return stopped.length > 0 ? here : [...here, ...(await planInside(request, settings, config, nodes, ports))];
}

function part(name: string, state: PlannedPart['state'], detail: string): PlannedPart {
  return { part: name, state, detail };
}

function patchedIf(name: string, details: readonly string[]): PlannedPart {
  return part(name, details.length === 0 ? 'same' : 'patch', details.join('; '));
}

function nodesPart(stopped: readonly string[]): PlannedPart {
  const detail = `${stopped.join(', ')} stopped: started, and what is in the cluster is looked at then`;
  return patchedIf('nodes', stopped.length === 0 ? [] : [detail]);
}

/** What devreg itself keeps of the cluster on this machine. */
async function planOwn(
  { name, ...wish }: PlanRequest,
  settings: ClusterSettings,
  config: ClusterConfig,
  ports: ClusterPorts,
): Promise<PlannedPart[]> {
  const known = await ports.credentials.find(name);
  const isNew = known === undefined || isChanging(wish, known);
  const credentials = patchedIf(
    'credentials',
    isNew ? [known === undefined ? 'are lost: drawn anew' : 'new ones'] : [],
  );
  if (settings.tls === 'off') return [credentials];
  const doubt = await checkServerCertificate(
    certificateRequest(name, settings, registryAddress(config.serviceSubnet), ports),
  );
  return [credentials, patchedIf('certificate', doubt === undefined ? [] : [`${REASONS[doubt]}: issued anew`])];
}

/** Names that nobody wants in the hosts file stay out of it. */
async function hostsPart(record: ClusterRecord, ports: ClusterPorts): Promise<PlannedPart> {
  const { wanted } = await findUnnamed(record, ports);
  const isWritten = wanted.length > 0 && (await ports.mayWriteHosts(wanted));
  return patchedIf('names on this machine', isWritten ? [`${wanted.join(', ')} into ${ports.hostsFile}`] : []);
}

/** What nodes and API have; the cluster must run. */
async function planInside(
  request: PlanRequest,
  settings: ClusterSettings,
  config: ClusterConfig,
  nodes: readonly FoundNode[],
  ports: ClusterPorts,
): Promise<PlannedPart[]> {
  const { clusters, engine, openApi, signal } = ports;
  const clusterIP = registryAddress(config.serviceSubnet);
  const certificate = settings.tls === 'off' ? undefined : await readServerCertificate(request.name, ports);
  const trust = nodeTrustOf(settings, clusterIP, certificate?.ca.pem);
  const api = await openApi(await clusters.readKubeconfig(request.name));
  // Those that are drawn here are forgotten again.
  const credentials = settleCredentials(request, await ports.credentials.find(request.name), ports.drawToken);
  const plan = { name: request.name, settings, config, clusterIP, certificate };
  const view = await viewOf(plan, credentials, (await findImage(settings, ports)).reference, ports.version);
  const [reports, dns, objects] = await Promise.all([
    checkNodeTrust(engine, nodes, trust, signal),
    checkNames(api, dnsRulesOf(settings)),
    renderFor(api, view),
  ]);
  return [
    ...reports.map(trustPart),
    patchedIf('names in CoreDNS', dns === 'same' ? [] : ['are not as they should be']),
    ...(await Promise.all(objects.map((object) => objectPart(api, object)))),
  ];
}

function trustPart({ node, written, removed, isNewAuthority, conflicts }: NodeTrustReport): PlannedPart {
  return patchedIf(`trust of ${node}`, [
    ...written.map((name) => `hosts.toml of ${name} is written`),
    ...removed.map((name) => `hosts.toml of ${name} is removed`),
    ...(isNewAuthority ? ['the CA is written'] : []),
    ...conflicts.map((path) => `${path} is not from devreg and stays`),
  ]);
}

async function objectPart(api: KubeApi, object: KubeObject): Promise<PlannedPart> {
  const { kind, metadata } = object;
  const { state, detail }: ObjectChange = await compareObject(api, object);
  const name = `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
  return part(name, state === 'fixed' ? 'needs recreate' : state, detail);
}
