/** Renders the configuration that kind makes a cluster by. */
import { DevregError } from '../errors.ts';
import { readAsset } from './assets.ts';
import { renderTemplate } from './render.ts';

/** The label of the node that registry and ingress run on. */
const REGISTRY_NODE_LABEL = { name: 'devreg/registry', value: 'true' } as const;

/** Where the control-plane node has the registry's data when it is a folder of this machine. */
export const DATA_MOUNT = '/var/lib/devreg/data';

/** Where containerd finds each registry's `hosts.toml`. */
export const REGISTRY_FOLDER = '/etc/containerd/certs.d';

/** The way to the API. */
export interface ApiServerView {
  readonly address: string;
  readonly port: number;
  /** The host that stands in its certificate beside the address; undefined: none. */
  readonly host: string | undefined;
}

/** What a cluster shall be. */
export interface KindConfigView {
  readonly cluster: string;
  /** Beside the one control plane. */
  readonly workers: number;
  readonly protocol: 'https' | 'http';
  /** The address of the engine's machine that all ports are published on. */
  readonly listenAddress: string;
  /** Further ones. */
  readonly moreListenAddresses?: readonly string[];
  /** How the API is come to from another machine; undefined: from this one, at a port of kind's choice. */
  readonly apiServer?: ApiServerView | undefined;
  /** The port of this machine that goes with the registry's name. */
  readonly port: number;
  /** The port of this machine that leads to the registry itself. */
  readonly localPort: number;
  /** The port of each node that leads to the registry itself. */
  readonly nodePort: number;
  /** The port of each node that stands in for the ingress; undefined when there is one. */
  readonly namedNodePort: number | undefined;
  readonly extraPorts: readonly { readonly hostPort: number; readonly containerPort: number }[];
  /** A folder of this machine, absolute, for the registry's data; undefined: none. */
  readonly dataFolder: string | undefined;
}

/**
 * @returns YAML with comments
 * @throws DevregError CONFIG_INVALID when one port of this machine would lead to two places
 */
export async function renderKindConfig(view: KindConfigView): Promise<string> {
  return renderTemplate(await readAsset('templates/kind-cluster.yaml.hbs'), {
    cluster: view.cluster,
    workers: Array.from({ length: view.workers }),
    label: REGISTRY_NODE_LABEL,
    mappings: publishEverywhere(listMappings(view), view),
    apiServer: view.apiServer,
    dataFolder: view.dataFolder,
    dataMount: DATA_MOUNT,
    registryFolder: REGISTRY_FOLDER,
  });
}

interface Mapping {
  readonly purpose: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

function listMappings(view: KindConfigView): readonly Mapping[] {
  const ingressPort = view.protocol === 'https' ? 443 : 80;
  const named = view.namedNodePort ?? ingressPort;
  return withoutRepetition([
    {
      purpose: view.namedNodePort === undefined ? 'The ingress.' : 'The registry, by its name.',
      hostPort: view.port,
      containerPort: named,
    },
    { purpose: 'The registry itself.', hostPort: view.localPort, containerPort: view.nodePort },
    ...view.extraPorts.map((ports) => ({ purpose: 'Asked for.', ...ports })),
  ]);
}

function publishEverywhere(
  mappings: readonly Mapping[],
  { listenAddress, moreListenAddresses = [] }: KindConfigView,
): readonly (Mapping & { readonly listenAddress: string })[] {
  const addresses = [listenAddress, ...moreListenAddresses];
  return mappings.flatMap((mapping) => addresses.map((address) => ({ ...mapping, listenAddress: address })));
}

/** The registry's two ports may be one; a port that would lead to two places is a mistake. */
function withoutRepetition(mappings: readonly Mapping[]): readonly Mapping[] {
  return mappings.filter(({ hostPort, containerPort }, index) => {
    const earlier = mappings.slice(0, index).find((mapping) => mapping.hostPort === hostPort);
    if (earlier !== undefined && earlier.containerPort !== containerPort) {
      const sentence = `Port ${hostPort} of this machine would lead to the ports ${earlier.containerPort} and ${containerPort} of the node.`;
      throw new DevregError('usage', 'CONFIG_INVALID', sentence, { hint: 'Choose another for one of them.' });
    }
    return earlier === undefined;
  });
}
