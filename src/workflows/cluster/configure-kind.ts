/** The configuration a cluster is made by: devreg's own, with the user's merged into it. */
import { mergeKindConfig } from '../../cluster/kind/merge-config.ts';
import { serviceSubnetOf } from '../../cluster/service-address.ts';
import { parseKindConfig } from '../../config/kind-config-file.ts';
import type { KindConfig } from '../../config/kind-config.ts';
import { renderKindConfig } from '../../rendering/kind-config.ts';
import { formatYaml } from '../../rendering/objects.ts';
import type { ClusterSettings } from '../../state/record.ts';
import type { Progress } from '../progress.ts';
import { kindViewOf } from './cluster-views.ts';
import type { Site } from './engine-site.ts';

/** A configuration, and what stands in it that others depend on. */
export interface ClusterConfig {
  readonly text: string;
  /** In CIDR notation, perhaps one of each family. */
  readonly serviceSubnet: string;
  /** In CIDR notation. */
  readonly podSubnets: readonly string[];
}

/** What kind takes when the configuration says nothing (kind, pkg/internal/apis/config/default.go). */
const POD_SUBNETS: Readonly<Record<string, string>> = {
  ipv4: '10.244.0.0/16',
  ipv6: 'fd00:10:244::/56',
  dual: '10.244.0.0/16,fd00:10:244::/56',
};

/**
 * Puts a cluster's configuration together.
 * @throws DevregError KIND_CONFIG_INVALID, KIND_CONFIG_CONFLICT, CONFIG_INVALID
 */
export async function configureKind(
  name: string,
  settings: ClusterSettings,
  progress: Progress,
  site?: Site,
): Promise<ClusterConfig> {
  const text = await renderKindConfig(kindViewOf(name, settings, site));
  const own = parseKindConfig(text, 'templates/kind-cluster.yaml.hbs');
  const { kindConfig, workers } = settings;
  if (kindConfig === undefined) return describe(text, own);
  const user = parseKindConfig(kindConfig.text, kindConfig.source);
  const { config, notes } = mergeKindConfig(own, user, workers === 0 ? undefined : workers);
  for (const note of notes) progress.note(note);
  return describe(formatYaml([config]), config);
}

function describe(text: string, config: KindConfig): ClusterConfig {
  const { podSubnet, ipFamily = 'ipv4' } = config.networking ?? {};
  const subnets = typeof podSubnet === 'string' && podSubnet !== '' ? podSubnet : (POD_SUBNETS[ipFamily] ?? '');
  return { text, serviceSubnet: serviceSubnetOf(config), podSubnets: subnets.split(',').map((one) => one.trim()) };
}
