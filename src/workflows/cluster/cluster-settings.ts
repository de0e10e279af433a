/** How a cluster is to be: what is asked for now, over what it was before, over the defaults. Pure. */
import { DevregError } from '../../errors.ts';
import type { ClusterSettings } from '../../state/record.ts';
import { DEFAULT_SETTINGS, parseHost, portsEqual } from '../settings.ts';

/** What is asked for now; the rest stays as it was. Port 0 means any port. */
export type WantedCluster = { readonly [Key in keyof ClusterSettings]?: ClusterSettings[Key] | undefined };

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
};

/** What stands in a cluster's nodes from their beginning, and the options that ask for it. */
const FIXED: Readonly<Partial<Record<keyof ClusterSettings, string>>> = {
  port: '--port',
  registryPort: '--registry-port',
  tls: '--protocol',
  ingress: '--ingress',
  workers: '--workers',
  nodeImage: '--node-image',
  kindConfig: '--kind-config',
  extraPorts: '--extra-ports',
  nodePort: '--node-port',
  storageSize: '--storage-size',
  storageClass: '--storage-class',
  dataDir: '--data-dir',
};

/**
 * Settles how the cluster is to be.
 * @param before its settings until now; undefined for a new one
 * @throws DevregError HOST_REFUSED, PORTS_EQUAL
 */
export function settleCluster(wanted: WantedCluster, before: ClusterSettings | undefined): ClusterSettings {
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const settled: ClusterSettings = { ...DEFAULTS, ...before, ...given };
  const port = settled.port === 0 && before !== undefined ? before.port : settled.port;
  const registryPort = settled.registryPort === 0 && before !== undefined ? before.registryPort : settled.registryPort;
  if (port === registryPort && port !== 0) throw portsEqual(port);
  const host = parseHost(settled.host);
  return { ...settled, host, aliases: settled.aliases.map(parseHost), port, registryPort };
}

/**
 * Refuses to change what only a new cluster can have.
 * @throws DevregError CLUSTER_DRIFT
 */
export function refuseDrift(name: string, before: ClusterSettings, wanted: ClusterSettings): void {
  const keys = (Object.keys(FIXED) as (keyof ClusterSettings)[]).filter((key) => !isSame(key, before, wanted));
  if (keys.length === 0) return;
  const options = keys.map((key) => FIXED[key]).join(', ');
  throw new DevregError('conflict', 'CLUSTER_DRIFT', `The cluster ${name} was made with another ${options}.`, {
    hint: 'Add --recreate to make it anew: what is in it goes, unless --data-dir keeps it. Or choose another --name.',
  });
}

/** By their JSON; of a configuration it does not matter where it is from. */
function isSame(key: keyof ClusterSettings, before: ClusterSettings, wanted: ClusterSettings): boolean {
  const [one, other] = [before, wanted].map(
    (settings) => ({ ...settings, kindConfig: settings.kindConfig?.text })[key],
  );
  return JSON.stringify(one) === JSON.stringify(other);
}
