/** Opens everything that the recipe of clusters works with on this machine. */
import { join } from 'node:path';
import type { ClusterProvider } from '../cluster/cluster-provider.ts';
import { CLUSTER_LABEL } from '../cluster/kind/kind-nodes.ts';
import { createKindProvider } from '../cluster/kind/kind-provider.ts';
import type { ContainerEngine } from '../engine/engine.ts';
import { findPortPublisher } from '../engine/port-publisher.ts';
import { ensureRegistryImage, type RegistryImage } from '../image/registry-image.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { packageFolder } from '../rendering/assets.ts';
import { describeProcess } from '../provider/process/process-command.ts';
import { findPortHolder } from '../provider/process/port-holder.ts';
import { type FolderSurroundings, resolveFolders } from '../state/folders.ts';
import type { ClientFile, LoginClient } from '../trust/client-files.ts';
import { openClientPlaces } from './client-places.ts';
import { type KubeContexts, openKubeContexts } from './cluster/kube-contexts.ts';
import type { FindHolder } from './cluster/free-ports.ts';
import { hostsFileOf } from './name-resolution.ts';
import type { ClusterMachine } from './open-machine.ts';

/** The ports of the recipe that are the same for everybody on this machine. */
export interface OpenedCluster extends ClusterMachine {
  readonly clusters: ClusterProvider;
  readonly openApi: (kubeconfig: string) => Promise<KubeApi>;
  readonly registryImage: () => Promise<RegistryImage>;
  readonly findHolder: FindHolder;
  readonly hostsFile: string;
  readonly clientFiles: Readonly<Record<LoginClient, ClientFile>>;
  readonly contexts: KubeContexts;
}

/** The program that runs: what its image is made from. */
export interface RunningProgram {
  readonly execPath: string;
  readonly arch: string;
  readonly version: string;
}

/** Opens them. */
export function openCluster(
  { engine, runner }: ClusterMachine,
  surroundings: FolderSurroundings,
  { execPath, arch, version }: RunningProgram,
): OpenedCluster {
  const { platform } = surroundings;
  return {
    engine,
    runner,
    clusters: openClusters({ runner, engine }),
    openApi,
    registryImage: () =>
      ensureRegistryImage({
        version,
        cacheFolder: join(resolveFolders(surroundings).cache, 'images'),
        packageFolder: packageFolder(),
        node: { path: execPath, platform, architecture: arch },
        runner,
      }),
    findHolder: (port) => describeHolder(port, engine),
    hostsFile: hostsFileOf(platform),
    clientFiles: openClientPlaces(surroundings).files,
    contexts: openKubeContexts(surroundings),
  };
}

/** The clusters of this machine. */
export function openClusters(machine: ClusterMachine): ClusterProvider {
  return createKindProvider(machine);
}

/** The library is slow to load, and most commands do without it. */
export async function openApi(kubeconfig: string): Promise<KubeApi> {
  const { createKubeApi } = await import('../kube/client-node-api.ts');
  return createKubeApi(kubeconfig);
}

/** A container says more than the process that forwards to it. */
async function describeHolder(port: number, engine: ContainerEngine): Promise<string | undefined> {
  const container = await findPortPublisher(engine, port);
  const cluster = container?.labels[CLUSTER_LABEL];
  if (container !== undefined)
    return `the container ${container.name}${cluster === undefined ? '' : ` of the cluster ${cluster}`}`;
  const holder = await findPortHolder(port);
  return holder === undefined ? undefined : describeProcess(holder.pid, holder.command);
}
