/** The checks of this machine and its engine: what a cluster needs before it is made, and as long as it runs. */
import { type KubeVersion, judgeCgroup, judgeEngine, judgeMemory } from '../../doctor/check-engine.ts';
import { judgeDisk, judgeInotify, judgeKind, judgeKubectl } from '../../doctor/check-machine.ts';
import { judgeNodeImage, registryHostOf } from '../../doctor/check-node-image.ts';
import { judgeProxy, readProxyVariables } from '../../doctor/check-proxy.ts';
import { judgeRegistriesConf } from '../../doctor/check-registries-conf.ts';
import type { Finding } from '../../doctor/finding.ts';
import { type EngineInfo, readEngineInfo, readImageConfig } from '../../engine/engine-info.ts';
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

/** Containers that are nodes, whoever made them. */
const NODE_LABEL = 'io.x-k8s.kind.cluster';

/** @param limit milliseconds for each */
export function engineChecks(needs: ClusterNeeds, { platform }: DoctorMachine, limit: number): Check[] {
  const { engine, runner, nodeImage, kube, hosts } = needs;
  const once = (signal: AbortSignal) => (asked ??= askEngine(needs, signal));
  let asked: ReturnType<typeof askEngine> | undefined;
  const check = (name: string, run: (signal: AbortSignal) => Promise<Finding>): Check => ({
    name,
    limit,
    run: async (signal) => [await run(signal)],
  });
  const isHere = ({ isVirtual, isRemote }: EngineInfo & { readonly isRemote: boolean }) => !isVirtual && !isRemote;
  return [
    check('engine', async (signal) => judgeEngine(await once(signal))),
    check('cgroup', async (signal) => judgeCgroup(await once(signal), kube)),
    check('memory', async (signal) => judgeMemory(await once(signal))),
    check('disk', async (signal) => {
      const info = await once(signal);
      return judgeDisk(
        isHere(info) && info.folder !== undefined ? await readDisk(info.folder) : undefined,
        engine.kind,
      );
    }),
    check('inotify', async (signal) => {
      const [info, nodes] = await Promise.all([once(signal), countNodes(needs)]);
      return judgeInotify(isHere(info) && platform === 'linux' ? await readInotify() : undefined, nodes);
    }),
    check('engine-proxy', async (signal) => {
      const { proxy, noProxy } = await once(signal);
      return judgeProxy({ owner: 'engine', proxy, noProxy }, hosts);
    }),
    check('node-image', (signal) => lookAtImage(nodeImage, { engine, runner }, signal)),
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

async function askEngine({ engine, runner }: ClusterNeeds, signal: AbortSignal) {
  const [info, isRemote] = await Promise.all([readEngineInfo(runner, engine.kind, signal), engine.isRemote()]);
  return { ...info, isRemote };
}

async function countNodes({ engine, moreNodes }: ClusterNeeds): Promise<number> {
  const there = await engine.listContainers(NODE_LABEL);
  return there.filter(({ isRunning }) => isRunning).length + moreNodes;
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
