/** What `create` is asked for about a cluster. */
import type { OptionReader } from '../../config/option-reader.ts';
import {
  parseChoice,
  parseCount,
  parsePort,
  parsePortPair,
  parseQuantity,
  parseSwitch,
  parseText,
} from '../../config/values.ts';
import { DevregError } from '../../errors.ts';
import type { WantedCluster } from '../../workflows/cluster/cluster-settings.ts';

/** Options that mean nothing without a cluster. */
const CLUSTER_OPTIONS = [
  'workers',
  'nodeImage',
  'kindConfig',
  'extraPorts',
  'nodePort',
  'ingress',
  'usePathRouting',
  'san',
  'storageSize',
  'storageClass',
  'registryImage',
  'recreate',
  'keepOnFailure',
  'hostsFile',
  'login',
  'dryRun',
] as const;

/** What a kind configuration is read from; the text is read by the caller. */
export interface ClusterOptions {
  readonly wanted: Omit<WantedCluster, 'kindConfig'>;
  /** A path, a URL, or `-`. */
  readonly kindConfig: string | undefined;
  readonly recreate: boolean;
  readonly keepOnFailure: boolean;
  readonly dryRun: boolean;
  /** Undefined: ask, where there is somebody to ask. */
  readonly hostsFile: boolean | undefined;
  readonly login: boolean | undefined;
}

/** Reads the options that are about clusters. */
export function readClusterOptions(options: OptionReader): ClusterOptions {
  const flag = (name: string) => options.read(name, 'yes or no', parseSwitch);
  return {
    wanted: {
      workers: options.read('workers', 'a number of nodes, 0 to 20', parseCount),
      nodeImage: options.read('nodeImage', 'an image', parseText),
      extraPorts: options.readList('extraPorts', 'pairs of ports such as 22:32222', parsePortPair),
      nodePort: options.read('nodePort', 'a port, 30000 to 32766', parseNodePort),
      ingress: options.read('ingress', 'traefik or none', parseChoice(['traefik', 'none'])),
      pathRouting: flag('usePathRouting'),
      aliases: options.readList('san', 'a name', parseText),
      storageSize: options.read('storageSize', 'a size such as 10Gi', parseQuantity),
      storageClass: options.read('storageClass', 'a name', parseText),
      registryImage: options.read('registryImage', 'an image', parseText),
    },
    kindConfig: options.read('kindConfig', 'a file, a URL or -', parseText),
    recreate: flag('recreate') ?? false,
    keepOnFailure: flag('keepOnFailure') ?? false,
    dryRun: flag('dryRun') ?? false,
    hostsFile: flag('hostsFile'),
    login: flag('login'),
  };
}

/**
 * Refuses flags that would have no effect; variables may be there for other commands.
 * @throws DevregError OPTIONS_CLASH
 */
export function refuseClusterOptions(options: OptionReader): void {
  const given = CLUSTER_OPTIONS.map((name) => options.sourceOf(name)).filter((source) => source?.startsWith('--'));
  if (given.length === 0) return;
  throw new DevregError(
    'usage',
    'OPTIONS_CLASH',
    `${given.join(' and ')} count for clusters only, and this registry is a process.`,
    {
      hint: 'Install Docker and kind, or leave the option out.',
    },
  );
}

/** The range of node ports, and room for one more above. */
function parseNodePort(text: string): number | undefined {
  const port = parsePort(text);
  return port !== undefined && port >= 30_000 && port < 32_767 ? port : undefined;
}
