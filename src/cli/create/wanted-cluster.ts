/** What `create` is asked for about a cluster. */
import { CLUSTER_OPTIONS } from '../../config/cluster-options.ts';
import { type Declared, readDeclared } from '../../config/declaration.ts';
import type { OptionReader } from '../../config/option-reader.ts';
import { DevregError } from '../../errors.ts';
import type { WantedCluster } from '../../workflows/cluster/cluster-settings.ts';
import { chooseNodeImage } from './node-image.ts';

/** Options for one time that mean nothing without a cluster. */
const ONCE = ['recreate', 'keepOnFailure', 'dryRun'] as const;

/** What a kind configuration is read from; the text is read by the caller. */
export interface ClusterOptions {
  readonly engine: Declared<typeof CLUSTER_OPTIONS>['engine'];
  /** Whether the engine was named for this one time, not for whatever may come. */
  readonly isEngineNamed: boolean;
  readonly wanted: Omit<WantedCluster, 'kindConfig'>;
  /** A path, a URL, or `-`. */
  readonly kindConfig: string | undefined;
  /** Files with logins for nodes, the first that is there counts; undefined: none. */
  readonly registryConfig: readonly string[] | undefined;
  readonly recreate: boolean;
  readonly keepOnFailure: boolean;
  readonly dryRun: boolean;
  /** Undefined: ask, where there is somebody to ask. */
  readonly hostsFile: boolean | undefined;
  readonly login: boolean | undefined;
}

/**
 * Reads the options that are about clusters.
 * @throws DevregError OPTIONS_CLASH
 */
export function readClusterOptions(options: OptionReader): ClusterOptions {
  const once = (name: (typeof ONCE)[number]) => options.readSwitch(name);
  const { engine, kindConfig, registryConfig, hostsFile, login, ...given } = readDeclared(CLUSTER_OPTIONS, options);
  return {
    engine,
    isEngineNamed: options.rankOf('engine') === 0,
    wanted: {
      listen: given.listen,
      workers: given.workers,
      nodeImage: chooseNodeImage(given, options),
      extraPorts: given.extraPorts,
      nodePort: given.nodePort,
      ingress: given.ingress,
      ingressHost: given.ingressHostName,
      pathRouting: given.usePathRouting,
      aliases: given.san,
      namespace: given.namespace,
      serviceName: given.serviceName,
      serviceType: given.serviceType,
      appName: given.appName,
      storageSize: given.storageSize,
      storageClass: given.storageClass,
      registryImage: given.registryImage,
    },
    kindConfig,
    registryConfig,
    recreate: once('recreate'),
    keepOnFailure: once('keepOnFailure'),
    dryRun: once('dryRun'),
    hostsFile,
    login,
  };
}

/** As ranks of options: flags, and what is said in files. */
const [FLAG, FILE] = [0, 2];

/**
 * Refuses flags that would have no effect; variables may be there for other commands, and files for other machines.
 * @returns what files say that has no effect, by where it stands
 * @throws DevregError OPTIONS_CLASH
 */
export function refuseClusterOptions(options: OptionReader): readonly string[] {
  const names = [...Object.keys(CLUSTER_OPTIONS), ...ONCE];
  const sourcesOf = (isMeant: (rank: number) => boolean) =>
    names
      .filter((name) => isMeant(options.rankOf(name)))
      .map((name) => options.sourceOf(name))
      .filter((source) => source !== undefined);
  const given = sourcesOf((rank) => rank === FLAG);
  if (given.length === 0) return sourcesOf((rank) => rank >= FILE);
  throw new DevregError(
    'usage',
    'OPTIONS_CLASH',
    `${given.join(' and ')} ${given.length === 1 ? 'counts' : 'count'} for clusters only, and this registry is a process.`,
    {
      hint: 'Install Docker and kind, or leave the option out.',
    },
  );
}
