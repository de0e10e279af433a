/** How a cluster is to be: what is asked for now, over what it was before, over the defaults. Pure. */
import type { ClusterSettings } from '../../state/record.ts';
import { type Wish, completeCluster } from '../profile.ts';
import { DEFAULT_SETTINGS, parseHost, portsEqual } from '../settings.ts';

/** What is asked for now; the rest stays as it was. Port 0 means any port. */
export type WantedCluster = Wish<ClusterSettings>;

const DEFAULTS: ClusterSettings = {
  ...DEFAULT_SETTINGS,
  aliases: [],
  pathRouting: false,
  ingress: 'traefik',
  workers: 0,
  nodeImage: undefined,
  kindConfig: undefined,
  extraPorts: [],
  // In the part of the range that Kubernetes never gives away by itself.
  nodePort: 30_050,
  storageSize: '10Gi',
  storageClass: undefined,
  dataDir: undefined,
  registryImage: undefined,
  ingressHost: undefined,
  namespace: 'devreg',
  serviceName: 'registry',
  serviceType: 'ClusterIP',
  appName: 'registry',
};

/**
 * Settles how the cluster is to be.
 * @param before its settings until now; undefined for a new one
 * @throws DevregError HOST_REFUSED, PORTS_EQUAL
 */
export function settleCluster(wanted: WantedCluster, before: ClusterSettings | undefined): ClusterSettings {
  const settled = { ...DEFAULTS, ...before, ...completeCluster(wanted, before, DEFAULTS) } as ClusterSettings;
  const port = settled.port === 0 && before !== undefined ? before.port : settled.port;
  const registryPort = settled.registryPort === 0 && before !== undefined ? before.registryPort : settled.registryPort;
  if (port === registryPort && port !== 0 && !isOnNodesAlone(settled)) throw portsEqual(port);
  const host = parseHost(settled.host);
  return { ...settled, host, aliases: settled.aliases.map(parseHost), port, registryPort };
}

/** Whether one port of this machine is both that of the host and that of `localhost`. */
export function isOnePort(settings: ClusterSettings): boolean {
  return isOnNodesAlone(settings) && settings.registryPort === settings.port;
}

/** Whether a port of the nodes is the only way in, so that one port of this machine is enough. */
function isOnNodesAlone({ ingress, serviceType }: Pick<ClusterSettings, 'ingress' | 'serviceType'>): boolean {
  return ingress === 'none' && serviceType === 'NodePort';
}
