/** From a cluster's settings to what stands in its configuration and its objects. Pure. */
import type { ClusterView, StorageView } from '../../rendering/cluster-view.ts';
import { type ApiServerView, DATA_MOUNT, type KindConfigView } from '../../rendering/kind-config.ts';
import type { Credentials } from '../../state/credentials.ts';
import type { ClusterSettings } from '../../state/record.ts';
import { type FarSite, SITE_HERE, type Site } from './engine-site.ts';
import { pathRoutes, registryHosts } from './registry-names.ts';

/** The ingress, by its one version; engines and nodes know it by this name. */
export const INGRESS_IMAGE = 'docker.io/library/traefik:v3.6.12';

/** The domain that users' own apps are below. */
export const APPS_DOMAIN = 'localtest.me';

/** Where the control plane's node has the registry's data, unless they are in a folder of this machine. */
const NODE_DATA_FOLDER = '/var/lib/devreg/registry';

/** The number of the registry's user and group. */
export const REGISTRY_USER = '65532';

/** What a cluster's objects depend on besides its settings. */
export interface ViewFacts {
  readonly cluster: string;
  readonly version: string;
  /** The registry's image. */
  readonly image: string;
  readonly clusterIP: string;
  /** Networks whose forwarding headers the registry believes. */
  readonly trustedProxies: readonly string[];
  readonly credentials: Credentials;
  readonly tls: ClusterView['tls'];
}

/** What the provider's configuration is rendered from. */
export function kindViewOf(cluster: string, settings: ClusterSettings, site: Site = SITE_HERE): KindConfigView {
  const [listenAddress = '127.0.0.1', ...moreListenAddresses] = site.listen;
  const { port, registryPort, nodePort, workers, tls, extraPorts, dataDir } = settings;
  return {
    cluster,
    workers,
    protocol: tls === 'off' ? 'http' : 'https',
    listenAddress,
    ...(moreListenAddresses.length > 0 && { moreListenAddresses }),
    ...(site.far && { apiServer: apiServerOf(site, site.far) }),
    port,
    localPort: registryPort,
    nodePort,
    namedNodePort: namedNodePortOf(settings),
    extraPorts: extraPorts.map(toMapping),
    dataFolder: dataDir,
  };
}

/** With all addresses there are the host is the one thing known, and it has to be in the certificate. */
function apiServerOf({ listen, address }: Site, { apiPort }: FarSite): ApiServerView {
  const isEverywhere = listen.includes('0.0.0.0');
  return { address: isEverywhere ? '0.0.0.0' : address, port: apiPort, host: isEverywhere ? address : undefined };
}

function toMapping(pair: string): { readonly hostPort: number; readonly containerPort: number } {
  const [hostPort = 0, containerPort = 0] = pair.split(':').map(Number);
  return { hostPort, containerPort };
}

/** What the cluster's objects are rendered from. */
export function clusterViewOf(settings: ClusterSettings, facts: ViewFacts): ClusterView {
  const { cluster, version, image, clusterIP, trustedProxies, credentials, tls } = facts;
  const { host, port, registryPort, nodePort, user, durability } = settings;
  return {
    cluster,
    version,
    namespace: settings.namespace,
    tls,
    ingress: settings.ingress === 'none' ? undefined : { image: INGRESS_IMAGE, domain: APPS_DOMAIN },
    registry: {
      image,
      mayPull: settings.registryImage !== undefined,
      host,
      port,
      aliases: registryHosts(settings).slice(1),
      ingressHost: settings.ingressHost,
      serviceName: settings.serviceName,
      serviceType: settings.serviceType,
      appName: settings.appName,
      localPort: registryPort,
      nodePort,
      namedNodePort: namedNodePortOf(settings),
      clusterIP,
      user,
      password: credentials.password,
      token: credentials.token,
      durability,
      routes: pathRoutes(settings),
      trustedProxies,
      storage: storageOf(settings),
    },
  };
}

/** Without an ingress the host's port leads to the registry as well, by a port of its own on the nodes where there is one. */
function namedNodePortOf({ ingress, nodePort, serviceType }: ClusterSettings): number | undefined {
  if (ingress !== 'none') return undefined;
  return serviceType === 'NodePort' ? nodePort : nodePort + 1;
}

function storageOf(settings: ClusterSettings): StorageView {
  const { storageClass, storageSize: size } = settings;
  const path = nodeDataFolder(settings);
  return path === undefined ? { kind: 'class', className: storageClass ?? '', size } : { kind: 'folder', path, size };
}

/** The folder on the control plane's node that keeps the images; undefined when a storage class does. */
export function nodeDataFolder({ dataDir, storageClass }: ClusterSettings): string | undefined {
  if (dataDir !== undefined) return DATA_MOUNT;
  return storageClass === undefined ? NODE_DATA_FOLDER : undefined;
}
