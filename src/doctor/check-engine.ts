/** Whether the container engine can carry a cluster: what it is, its control groups, its memory. Pure. */
import { type Finding, formatBytes, ok, problem, skipped, warning } from './finding.ts';

/** What the engine says of itself. */
export interface EngineReport {
  readonly title: string;
  readonly version: string;
  /** Who keeps the images: containerd, or the engine itself by a driver for layers. */
  readonly store: 'containerd' | 'graph driver';
  readonly driver: string;
  readonly isRootless: boolean;
  readonly isRemote: boolean;
  /** Undefined when it does not say. */
  readonly cgroupVersion: 1 | 2 | undefined;
  /** Bytes of its machine; undefined when it does not say. */
  readonly memory: number | undefined;
}

/** A Kubernetes version: `[1, 34]`. */
export type KubeVersion = readonly [major: number, minor: number];

/** From here on a kubelet refuses the first version of control groups (Kubernetes 1.35, KEP-5573). */
const NEEDS_CGROUP_2: KubeVersion = [1, 35];

/** A control plane with a registry runs in it, and little else. */
const MEMORY_BYTES = 2 * 1024 ** 3;

/** What the engine is. */
export function judgeEngine({ title, version, store, driver, isRootless, isRemote }: EngineReport): Finding {
  const where = isRemote ? ' on another machine' : '';
  const how = isRootless ? ', without root' : '';
  const images = store === 'containerd' ? `images in containerd (${driver})` : `images by the driver ${driver}`;
  return ok('engine', `${title} ${version} answers${where}${how}; ${images}.`);
}

/**
 * Whether nodes start on its control groups.
 * @param kube of the node image; undefined when nobody knows
 */
export function judgeCgroup({ cgroupVersion, isRootless }: EngineReport, kube: KubeVersion | undefined): Finding {
  if (cgroupVersion === undefined) return skipped('cgroup', 'The engine does not say which control groups it has.');
  if (cgroupVersion === 2) return ok('cgroup', 'The engine has control groups of version 2.');
  const fix = 'Start the machine with systemd.unified_cgroup_hierarchy=1 among the parameters of its kernel.';
  if (isRootless)
    return problem(
      'cgroup',
      'CGROUP_V1',
      'Without root, nodes need control groups of version 2; here is version 1.',
      fix,
    );
  if (kube !== undefined && isFrom(kube, NEEDS_CGROUP_2))
    return problem(
      'cgroup',
      'CGROUP_V1',
      `Kubernetes ${kube.join('.')} does not start on control groups of version 1, which this machine has.`,
      `devreg create --node-image kindest/node:v1.34.4`,
    );
  return warning(
    'cgroup',
    'CGROUP_V1',
    'The machine has control groups of version 1: Kubernetes from 1.35 on does not start on them.',
    fix,
  );
}

/** Whether there is room to run in. */
export function judgeMemory({ memory }: EngineReport): Finding {
  if (memory === undefined) return skipped('memory', 'The engine does not say how much memory it has.');
  if (memory >= MEMORY_BYTES) return ok('memory', `The engine has ${formatBytes(memory)} of memory.`);
  return warning(
    'memory',
    'MEMORY_LOW',
    `The engine has ${formatBytes(memory)} of memory, and a cluster wants ${formatBytes(MEMORY_BYTES)}.`,
  );
}

/** The version of Kubernetes in a node image's name, `kindest/node:v1.34.4`. */
export function kubeVersionOf(image: string | undefined): KubeVersion | undefined {
  const [, minor] = /:v1\.(\d+)/.exec(image ?? '') ?? [];
  return minor === undefined ? undefined : [1, Number(minor)];
}

function isFrom([major, minor]: KubeVersion, [wantedMajor, wantedMinor]: KubeVersion): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
