/** The checks of this machine and its engine: what a cluster needs before it is made, and as long as it runs. */
import { CLUSTER_LABEL } from '../../cluster/kind/kind-nodes.ts';
import { type KubeVersion, judgeCgroup, judgeEngine, judgeMemory } from '../../doctor/check-engine.ts';
import { judgeDisk, judgeInotify, judgeKind, judgeKubectl } from '../../doctor/check-machine.ts';
import { judgeNodeImage, registryHostOf } from '../../doctor/check-node-image.ts';
import { judgeProxy, readProxyVariables } from '../../doctor/check-proxy.ts';
import { judgeRegistriesConf } from '../../doctor/check-registries-conf.ts';
import type { Finding } from '../../doctor/finding.ts';
import { readEngineInfo, readImageConfig } from '../../engine/engine-info.ts';
import type { ContainerEngine } from '../../engine/engine.ts';
import { CommandFailedError } from '../../process/command-failed-error.ts';
import type { Runner } from '../../process/runner.ts';
import { hasAddress, readDisk, readInotify, readRegistriesFiles } from './machine-facts.ts';
import type { Check } from './run-checks.ts';

/** The user's machine. */
export interface DoctorMachine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** The folder that `/etc` is in. */
  readonly root: string;
}

/** The cluster that there is, or that there shall be. */
export interface ClusterNeeds {
  readonly engine: ContainerEngine;
  readonly runner: Runner;
  /** Undefined: kind's own. */
  readonly nodeImage: string | undefined;
  /** The version of Kubernetes that is to start; undefined: nobody knows, or it runs. */
  readonly kube: KubeVersion | undefined;
  /** Nodes besides those that run. */
  readonly moreNodes: number;
  /** Names of the registry that must go past a proxy, without port. */
  readonly hosts: readonly string[];
}

/**
 * Of the engine, and of the machine as the engine tells of it: what it cannot be asked is said once.
 * @param limit milliseconds for each
 */
export function engineChecks(needs: ClusterNeeds, machine: DoctorMachine, limit: number): Check[] {
  const { engine, runner, nodeImage } = needs;
  return [
    { name: 'engine', limit, run: (signal) => lookAtEngine(needs, machine, signal) },
    { name: 'node-image', limit, run: async (signal) => [await lookAtImage(nodeImage, { engine, runner }, signal)] },
  ];
}

async function lookAtEngine(
  { engine, runner, kube, moreNodes, hosts }: ClusterNeeds,
  { platform }: DoctorMachine,
  signal: AbortSignal,
): Promise<Finding[]> {
  const [info, isRemote, there] = await Promise.all([
    readEngineInfo(runner, engine.kind, signal),
    engine.isRemote(),
    engine.listContainers(CLUSTER_LABEL),
  ]);
  const { folder, proxy, noProxy, isVirtual } = info;
  const report = { ...info, isRemote };
  const isHere = !isVirtual && !isRemote;
  const nodes = there.filter(({ isRunning }) => isRunning).length + moreNodes;
  return [
    judgeEngine(report),
    judgeCgroup(report, kube),
    judgeMemory(report),
    judgeDisk(isHere && folder !== undefined ? await readDisk(folder) : undefined, engine.kind),
    judgeInotify(isHere && platform === 'linux' ? await readInotify() : undefined, nodes),
    judgeProxy({ owner: 'engine', proxy, noProxy }, hosts),
  ];
}

/** Of the programs that work with clusters. */
export function programChecks(runner: Runner, limit: number): Check[] {
  return [
    {
      name: 'kind',
      limit,
      run: async (signal) => [judgeKind(await askKind(runner, signal), await runner.find('kind'))],
    },
    { name: 'kubectl', limit, run: async () => [judgeKubectl(await runner.find('kubectl'))] },
  ];
}

/** Of proxies for every program of this user. */
export function proxyCheck({ env }: DoctorMachine, hosts: readonly string[], limit: number): Check {
  // Go's programs never send this machine's own names to a proxy; curl does.
  const names = [...hosts, 'localhost', '127.0.0.1'];
  return { name: 'proxy', limit, run: async () => [judgeProxy(readProxyVariables(env), [...new Set(names)])] };
}

/** Of podman's files. */
export function registriesConfCheck({ home, env, root }: DoctorMachine, limit: number): Check {
  const run = async () => judgeRegistriesConf(await readRegistriesFiles(home, env, root));
  return { name: 'registries-conf', limit, run };
}

async function lookAtImage(
  name: string | undefined,
  { engine, runner }: Pick<ClusterNeeds, 'engine' | 'runner'>,
  signal: AbortSignal,
): Promise<Finding> {
  if (name === undefined) return judgeNodeImage({ name, image: undefined, isPullable: undefined }, engine.kind);
  const image = await readImageConfig(runner, engine.kind, name, signal);
  const isPullable = image === undefined ? await hasAddress(registryHostOf(name), signal) : undefined;
  return judgeNodeImage({ name, image, isPullable }, engine.kind);
}

async function askKind(runner: Runner, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await runner.run({ program: 'kind', args: ['version'], signal })).stdout;
  } catch (error) {
    if (error instanceof CommandFailedError && error.failure.kind === 'absent') return undefined;
    throw error;
  }
}
