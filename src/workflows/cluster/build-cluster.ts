/** Makes a cluster's parts side by side, each as soon as what it needs is there, and shows them one after the other. */
import type { ClusterNode, ClusterProvider } from '../../cluster/cluster-provider.ts';
import { awaitReach } from '../../cluster/node-reach.ts';
import { type NodeStarts, readNodeStarts } from '../../cluster/node-start.ts';
import { writeNodeLogins } from '../../cluster/node-logins.ts';
import { ensureNodeTrust } from '../../cluster/node-trust.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import type { RegistryImage } from '../../image/registry-image.ts';
import { awaitDeployment } from '../../kube/await-workload.ts';
import { ensureNames, replaceUnready } from '../../kube/cluster-dns.ts';
import type { KubeApi } from '../../kube/kube-api.ts';
import type { Credentials } from '../../state/credentials.ts';
import { contextOf } from '../../state/record.ts';
import { doorsOf } from '../door.ts';
import type { Progress } from '../progress.ts';
import { type Together, openTogether } from '../together.ts';
import { applyObjects } from './apply-objects.ts';
import { announceCertificate } from './deliver-certificate.ts';
import { findImage, viewOf } from './desired-view.ts';
import { awaitDoor } from './door-check.ts';
import { loadImages } from './load-images.ts';
import { dnsRulesOf, nodeTrustOf } from './names-in-cluster.ts';
import type { ClusterPlan } from './plan-cluster.ts';
import type { KubeContexts } from './kube-contexts.ts';
import { SERVICE_PORT } from './registry-names.ts';

/** What building works with. */
export interface BuildPorts {
  readonly clusters: ClusterProvider;
  readonly engine: ContainerEngine;
  readonly progress: Progress;
  /** Opens the API of a cluster by its kubeconfig. */
  readonly openApi: (kubeconfig: string) => Promise<KubeApi>;
  /** The registry's image, assembled if need be. */
  readonly registryImage: () => Promise<RegistryImage>;
  /** Of devreg. */
  readonly version: string;
  readonly contexts: KubeContexts;
}

/** What is to be built. */
export interface BuildOrder {
  readonly plan: ClusterPlan;
  readonly credentials: Credentials;
  /** Logins for other registries that nodes shall have; undefined: those they have. */
  readonly nodeLogins?: string | undefined;
  /** Whether the cluster is there already, and whether some of its nodes do not run. */
  readonly isThere: boolean;
  readonly isStopped: boolean;
  readonly keepOnFailure: boolean;
}

/** A cluster that is there, or comes about. */
interface Base {
  readonly nodes: Promise<readonly ClusterNode[]>;
  readonly api: Promise<KubeApi>;
  readonly made: Promise<void>;
  /** When the nodes were started; undefined where that cannot have been long ago. */
  readonly starts: Promise<NodeStarts | undefined>;
}

/**
 * Builds a cluster, or brings one to what is planned; resolves when the registry answers on this machine.
 * @throws DevregError of provider, nodes, API and workloads; the signal's reason when it aborts
 */
export async function buildCluster(order: BuildOrder, ports: BuildPorts, outer: AbortSignal): Promise<void> {
  const { progress } = ports;
  await using together = openTogether(outer);
  const { signal } = together;
  const base = order.isThere ? findBase(order, ports, together) : makeBase(order, ports, together);
  const image = together.begin(() => findImage(order.plan.settings, ports));
  const trusted = together.begin(async () => trustNodes(order, await base.nodes, ports, signal));
  const loaded = together.begin(async () =>
    loadImages(order.plan.settings, await base.nodes, (await image).archive, ports.engine, signal),
  );
  const named = together.begin(async () => nameRegistry(order, base, ports, signal));
  const up = together.begin(async () => {
    // A pod that starts before its image is there fails at once.
    await loaded;
    const place = { image: (await image).reference, api: await base.api, starts: await base.starts };
    await startRegistry(order, place, ports, signal);
  });
  if (!order.isThere) await progress.step('Creating the cluster', () => base.made);
  else if (order.isStopped) await progress.step('Starting the nodes', () => base.made);
  else await base.made;
  await progress.step('Telling the nodes where the registry is', () => trusted);
  await progress.step('Loading images', () => loaded);
  await progress.step('Starting the registry', () => up);
  await progress.step('Naming the registry in the cluster', () => named);
  await progress.step('Reaching the registry', () => together.begin(() => awaitDoors(order, signal)));
}

function makeBase(
  { plan, keepOnFailure }: BuildOrder,
  { clusters, openApi, progress }: BuildPorts,
  together: Together,
): Base {
  const { name, settings, config } = plan;
  const birth = clusters.create(
    { name, config: config.text, nodeImage: settings.nodeImage, keepOnFailure },
    { signal: together.signal, onPhase: (phase) => progress.detail(phase) },
  );
  return {
    nodes: together.begin(() => birth.nodes),
    api: together.begin(async (signal) => openReady(await birth.kubeconfig, openApi, signal)),
    made: together.begin(async () => {
      await birth.made;
      await clusters.exportKubeconfig(name);
    }),
    starts: Promise.resolve(undefined),
  };
}

function findBase(
  { plan: { name } }: BuildOrder,
  { clusters, contexts, engine, openApi }: BuildPorts,
  together: Together,
): Base {
  const nodes = together.begin((signal) => clusters.start(name, signal));
  return {
    nodes,
    api: together.begin(async (signal) => {
      await nodes;
      return openReady(await clusters.readKubeconfig(name), openApi, signal);
    }),
    made: together.begin(async () => {
      await nodes;
      await ensureContext(name, clusters, contexts);
    }),
    starts: together.begin(async (signal) => readNodeStarts(engine, await nodes, signal)),
  };
}

/** A kubeconfig that was lost has the cluster again; what kubectl is about stays, if it is about anything. */
async function ensureContext(name: string, clusters: ClusterProvider, contexts: KubeContexts): Promise<void> {
  const context = contextOf(name);
  if (await contexts.has(context)) return;
  const current = await contexts.current();
  await clusters.exportKubeconfig(name);
  if (current !== undefined) await contexts.restore(current, context);
}

async function openReady(kubeconfig: string, openApi: BuildPorts['openApi'], signal: AbortSignal): Promise<KubeApi> {
  const api = await openApi(kubeconfig);
  await api.ready(signal);
  return api;
}

async function trustNodes(
  { plan, nodeLogins, isThere }: BuildOrder,
  nodes: readonly ClusterNode[],
  { engine, progress }: BuildPorts,
  signal: AbortSignal,
): Promise<void> {
  const trust = nodeTrustOf(plan.settings, plan.clusterIP, plan.certificate?.ca.pem);
  for (const { node, conflicts } of await ensureNodeTrust(engine, nodes, trust, signal)) {
    for (const path of conflicts)
      progress.warn(`${path} on ${node} is not from devreg and stays as it is: the node may not find the registry.`);
  }
  if (nodeLogins !== undefined) await writeNodeLogins(engine, nodes, nodeLogins, isThere, signal);
}

/** Where the registry starts, and from what. */
interface StartPlace {
  readonly image: string;
  readonly api: KubeApi;
  readonly starts: NodeStarts | undefined;
}

async function startRegistry(
  { plan, credentials, isThere }: BuildOrder,
  { image, api, starts }: StartPlace,
  { version, progress }: BuildPorts,
  signal: AbortSignal,
): Promise<void> {
  const { settings } = plan;
  const view = await viewOf(plan, credentials, image, version);
  await applyObjects(api, view, signal);
  const deployments = settings.ingress === 'none' ? ['registry'] : ['registry', 'traefik'];
  const onNote = (note: string) => progress.detail(note);
  const { namespace } = settings;
  await Promise.all(deployments.map((name) => awaitDeployment(api, { namespace, name }, { signal, starts, onNote })));
  if (isThere && view.tls !== undefined) await announceCertificate(api, namespace, view.tls.certificate);
}

/** The registry by itself, and by its host. */
async function awaitDoors({ plan, credentials }: BuildOrder, signal: AbortSignal): Promise<void> {
  const { settings, certificate, site } = plan;
  const login = { user: settings.user, password: credentials.password };
  const port = settings.registryPort;
  const own = { host: 'localhost', port, authority: certificate?.ca.pem, address: site?.address };
  await Promise.all(doorsOf(own, settings).map((door) => awaitDoor(door, login, signal)));
}

/**
 * On a cluster that was stopped, pods can be told to run on any node as soon as that reaches the registry; then there is
 * a way to the API, too.
 */
async function nameRegistry(
  { plan, isThere }: BuildOrder,
  base: Base,
  { engine }: BuildPorts,
  signal: AbortSignal,
): Promise<void> {
  const api = await base.api;
  if (isThere) {
    await awaitReach(engine, await base.nodes, { address: plan.clusterIP, port: SERVICE_PORT }, signal);
    await replaceUnready(api);
  }
  await ensureNames(api, dnsRulesOf(plan.settings), signal, await base.starts);
}
