/** What `create` would make, as text: the configuration and the manifests, with words in the place of secrets. */
import { registryAddress } from '../../cluster/service-address.ts';
import { renderIngress, renderRegistry } from '../../rendering/cluster-objects.ts';
import { formatYaml } from '../../rendering/objects.ts';
import type { AnyRecord, ClusterSettings } from '../../state/record.ts';
import { providerFixed } from '../conflicts.ts';
import type { Progress } from '../progress.ts';
import { clusterViewOf } from './cluster-views.ts';
import { type WantedCluster, isOnePort, settleCluster } from './cluster-settings.ts';
import { type ClusterConfig, configureKind } from './configure-kind.ts';
import { probePort } from './free-ports.ts';

/** What stands where a secret would. */
const SECRETS = { password: '<password>', token: '<token>' };
const CERTIFICATE = { certificate: '<certificate>', key: '<key>', authority: '<authority>' };

/**
 * Renders everything; nothing is made.
 * @returns YAML: kind's configuration, then the objects in the order they would be applied
 * @throws DevregError of settings and configuration
 */
export async function showCluster(
  name: string,
  wanted: WantedCluster,
  before: AnyRecord | undefined,
  { version, progress }: { readonly version: string; readonly progress: Progress },
): Promise<string> {
  const { settings, config } = await configure(name, wanted, before, progress);
  const view = clusterViewOf(settings, {
    cluster: name,
    version,
    image: settings.registryImage ?? `localhost/devreg-registry:${version}`,
    clusterIP: registryAddress(config.serviceSubnet),
    trustedProxies: config.podSubnets,
    credentials: SECRETS,
    tls: settings.tls === 'off' ? undefined : CERTIFICATE,
  });
  const objects = [...(await renderRegistry(view)), ...(await renderIngress(view))];
  return `${config.text.trimEnd()}\n---\n${formatYaml(objects)}`;
}

/**
 * Renders kind's configuration.
 * @throws DevregError of settings and configuration
 */
export async function showKindConfig(
  name: string,
  wanted: WantedCluster,
  before: AnyRecord | undefined,
  progress: Progress,
): Promise<string> {
  return (await configure(name, wanted, before, progress)).config.text;
}

async function configure(
  name: string,
  wanted: WantedCluster,
  before: AnyRecord | undefined,
  progress: Progress,
): Promise<{ readonly settings: ClusterSettings; readonly config: ClusterConfig }> {
  if (before?.provider === 'process') throw providerFixed(before);
  const settings = await choosePorts(settleCluster(wanted, before?.settings));
  return { settings, config: await configureKind(name, settings, progress) };
}

/** Where any port will do, one that could be had now. */
async function choosePorts(settings: ClusterSettings): Promise<ClusterSettings> {
  const choose = async (port: number) => (port === 0 ? probePort(0, async () => undefined) : port);
  const port = await choose(settings.port);
  return { ...settings, port, registryPort: isOnePort(settings) ? port : await choose(settings.registryPort) };
}
