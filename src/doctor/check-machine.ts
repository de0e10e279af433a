/** Whether this machine has what clusters need of it: disk, inotify, programs. Pure. */
import { type Finding, formatBytes, ok, problem, skipped, warning } from './finding.ts';

/** Free space somewhere. */
export interface DiskReport {
  /** The folder that was looked at. */
  readonly folder: string;
  readonly freeBytes: number;
}

/** Unpacked, a node image takes that, and nothing starts with less. */
const DISK_NEEDED = 1024 ** 3;

/** With less, a few images more fill it up. */
const DISK_WANTED = 5 * 1024 ** 3;

/**
 * Whether images have room.
 * @param engine the program that removes what is not needed
 */
export function judgeDisk(report: DiskReport | undefined, engine: string): Finding {
  if (report === undefined) return skipped('disk', 'The disk that images are on is not on this machine.');
  const { folder, freeBytes } = report;
  const sentence = `${formatBytes(freeBytes)} are free where images are, in ${folder}`;
  if (freeBytes >= DISK_WANTED) return ok('disk', `${sentence}.`);
  const fix = `${engine} system prune`;
  if (freeBytes >= DISK_NEEDED) return warning('disk', 'DISK_LOW', `Only ${sentence}.`, fix);
  return problem('disk', 'DISK_LOW', `Only ${sentence}: a cluster needs ${formatBytes(DISK_NEEDED)}.`, fix);
}

/** The limits of the kernel on watching files, for each user. */
export interface InotifyLimits {
  readonly instances: number;
  readonly watches: number;
}

/** A node with a registry and an ingress takes 30 instances; as much again is for the pods of users. */
const INSTANCES_PER_NODE = 60;
const WATCHES_PER_NODE = 4_096;

/** What kind advises. @see https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files */
const ADVISED = 'fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288';

/**
 * Whether programs in the nodes can watch their files: too few limits end as "too many open files" somewhere.
 * @param nodes how many share the limits
 */
export function judgeInotify(limits: InotifyLimits | undefined, nodes: number): Finding {
  if (limits === undefined) return skipped('inotify', 'The limits of inotify are not those of this machine.');
  const { instances, watches } = limits;
  const sentence = `inotify gives ${instances} instances and ${watches} watches to ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  if (instances >= INSTANCES_PER_NODE * nodes && watches >= WATCHES_PER_NODE * nodes)
    return ok('inotify', `${sentence}.`);
  const message = `${sentence}, which may be too few: pods then fail with "too many open files".`;
  return warning('inotify', 'INOTIFY_LOW', message, `sudo sysctl -w ${ADVISED}`);
}

/** A version as numbers, `[0, 33, 0]`. */
type Version = readonly number[];

/** Older ones make nodes with a containerd that does not read hosts.toml by default. */
const KIND_NEEDED: Version = [0, 20];

/**
 * Whether kind is there and not too old.
 * @param said what `kind version` said; undefined: it is not there
 */
export function judgeKind(said: string | undefined, path: string | undefined): Finding {
  if (said === undefined || path === undefined)
    return problem(
      'kind',
      'CLUSTER_TOOL_ABSENT',
      'kind is not on the PATH.',
      'Install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation.',
    );
  const text = /\bv(\d+(?:\.\d+)+\S*)/.exec(said)?.[1] ?? said.trim();
  const version = text.split('.').map((part) => Number.parseInt(part, 10));
  if (isBelow(version, KIND_NEEDED))
    return warning(
      'kind',
      'KIND_OLD',
      `kind ${text} is older than ${KIND_NEEDED.join('.')}, the oldest that devreg knows.`,
      'Install a newer one: https://kind.sigs.k8s.io/docs/user/quick-start/#installation.',
    );
  return ok('kind', `kind ${text} at ${path}.`);
}

/** kubectl is for its user; devreg does without. */
export function judgeKubectl(path: string | undefined): Finding {
  return path === undefined
    ? skipped('kubectl', 'kubectl is not on the PATH; devreg does without it.')
    : ok('kubectl', `kubectl at ${path}.`);
}

function isBelow(version: Version, wanted: Version): boolean {
  for (const [index, part] of wanted.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}
