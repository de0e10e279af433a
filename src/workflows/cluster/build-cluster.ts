/** Makes a cluster's parts side by side, each as soon as what it needs is there, and shows them one after the other. */
import { readFile } from 'node:fs/promises';
import type { ClusterNode, ClusterProvider } from '../../cluster/cluster-provider.ts';
import { ensureNodeTrust } from '../../cluster/node-trust.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import type { RegistryImage } from '../../image/registry-image.ts';
import { awaitDeployment } from '../../kube/await-workload.ts';
import { ensureNames } from '../../kube/cluster-dns.ts';
import type { DnsRules } from '../../kube/corefile.ts';
import type { KubeApi } from '../../kube/kube-api.ts';
import type { ClusterView } from '../../rendering/cluster-view.ts';
import type { Credentials } from '../../state/credentials.ts';
import type { Progress } from '../progress.ts';
import type { ServerCertificate } from '../server-certificate.ts';
import { type Together, openTogether } from '../together.ts';
import { applyObjects } from './apply-objects.ts';
import { APPS_DOMAIN, clusterViewOf } from './cluster-views.ts';
import { awaitDoor } from './door-check.ts';
import { loadImages } from './load-images.ts';
import type { ClusterPlan } from './plan-cluster.ts';
import { INGRESS_SERVICE, SERVICE, SERVICE_PORT, nodeNames, registryHosts } from './registry-names.ts';

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
}

/** What is to be built. */
export interface BuildOrder {
  readonly plan: ClusterPlan;
  readonly credentials: Credentials;
  /** Whether the cluster is there already. */
  readonly isThere: boolean;
  readonly keepOnFailure: boolean;
}

/** A cluster that is there, or comes about. */
interface Base {
  readonly nodes: Promise<readonly ClusterNode[]>;
  readonly api: Promise<KubeApi>;
  readonly made: Promise<void>;
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
  const image = together.begin(() => findImage(order, ports));
  const trusted = together.begin(async () => trustNodes(order, await base.nodes, ports, signal));
  const loaded = together.begin(async () =>
    loadImages(order.plan.settings, await base.nodes, (await image).archive, ports.engine, signal),
  );
  const named = together.begin(async () => ensureNames(await base.api, dnsRules(order), signal));
  const up = together.begin(async () => {
    // A pod that starts before its image is there fails at once.
    await loaded;
    await startRegistry(order, (await image).reference, await base.api, ports, signal);
  });
  if (!order.isThere) await progress.step('Creating the cluster', () => base.made);
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
  };
}

function findBase({ plan }: BuildOrder, { clusters, openApi }: BuildPorts, together: Together): Base {
  return {
    nodes: together.begin(() => clusters.listNodes(plan.name)),
    api: together.begin(async (signal) => openReady(await clusters.readKubeconfig(plan.name), openApi, signal)),
    made: Promise.resolve(),
  };
}

async function openReady(kubeconfig: string, openApi: BuildPorts['openApi'], signal: AbortSignal): Promise<KubeApi> {
  const api = await openApi(kubeconfig);
  await api.ready(signal);
  return api;
}

/** An image of the user's own is loaded from the engine, or pulled by the node when its pod starts. */
async function findImage(
  { plan }: BuildOrder,
  { registryImage }: BuildPorts,
): Promise<{ readonly reference: string; readonly archive: RegistryImage | undefined }> {
  const own = plan.settings.registryImage;
  if (own !== undefined) return { reference: own, archive: undefined };
  const archive = await registryImage();
  return { reference: archive.reference, archive };
}

async function trustNodes(
  { plan }: BuildOrder,
  nodes: readonly ClusterNode[],
  { engine, progress }: BuildPorts,
  signal: AbortSignal,
): Promise<void> {
  const { settings, clusterIP, certificate } = plan;
  const host = clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP;
  const trust = {
    registries: nodeNames(settings).map((name) => ({ name })),
    server: `${certificate === undefined ? 'http' : 'https'}://${host}:${SERVICE_PORT}`,
    ca: certificate?.ca.pem,
  };
  for (const { node, conflicts } of await ensureNodeTrust(engine, nodes, trust, signal)) {
    for (const path of conflicts)
      progress.warn(`${path} on ${node} is not from devreg and stays as it is: the node may not find the registry.`);
  }
}

async function startRegistry(
  { plan, credentials }: BuildOrder,
  image: string,
  api: KubeApi,
  { version, progress }: BuildPorts,
  signal: AbortSignal,
): Promise<void> {
  const { settings, clusterIP, certificate, config } = plan;
  const tls = certificate === undefined ? undefined : await readCertificate(certificate);
  const facts = { cluster: plan.name, version, image, clusterIP, trustedProxies: config.podSubnets, credentials, tls };
  await applyObjects(api, clusterViewOf(settings, facts), signal);
  const deployments = settings.ingress === 'none' ? ['registry'] : ['registry', 'traefik'];
  const onNote = (note: string) => progress.detail(note);
  await Promise.all(deployments.map((name) => awaitDeployment(api, { namespace: 'devreg', name }, { signal, onNote })));
}

async function readCertificate({ ca, cert, key }: ServerCertificate): Promise<ClusterView['tls']> {
  const [certificate, secret] = await Promise.all([cert, key].map((file) => readFile(file, 'utf8')));
  return certificate === undefined || secret === undefined
    ? undefined
    : { certificate, key: secret, authority: ca.pem };
}

/** In the cluster the registry's names lead to it directly, all others of the domain to the ingress. */
function dnsRules({ plan }: BuildOrder): DnsRules {
  const { settings } = plan;
  return {
    exact: registryHosts(settings).map((name) => ({ name, target: SERVICE })),
    below: settings.ingress === 'none' ? [] : [{ domain: APPS_DOMAIN, target: INGRESS_SERVICE }],
  };
}

/** The registry by itself, and by its host. */
async function awaitDoors({ plan, credentials }: BuildOrder, signal: AbortSignal): Promise<void> {
  const { host, port, registryPort, user } = plan.settings;
  const authority = plan.certificate?.ca.pem;
  const login = { user, password: credentials.password };
  const doors = [
    { host: 'localhost', port: registryPort, authority },
    { host, port, authority },
  ];
  await Promise.all(doors.map((door) => awaitDoor(door, login, signal)));
}
