/** Whether a pod is coming up, and if not, why. Pure. */
import { judgeContainer } from './judge-container.ts';
import { gravest, phrase, type Verdict } from './verdict.ts';
import { conditionOf, type KubeEvent, type Node, type Pod, type WorkloadSnapshot } from './workload-shapes.ts';

/** The scheduler looks again when a node changes, but after several vain tries not for ten seconds (podMaxBackoffSeconds). */
const SCHEDULING_PATIENCE_MS = 15_000;
/** A provisioner of volumes may still be starting. */
const CLAIM_PATIENCE_MS = 30_000;
/** What a volume needs may come shortly after the pod. */
const MOUNT_PATIENCE_MS = 10_000;
const EVICTED_PATIENCE_MS = 5_000;

/**
 * What the kubelet says before it has got to know a pod, or its files, from an API that is slow to answer; then it tries
 * again. Files that are not there are `not found`.
 */
const UNKNOWN_YET = /object "[^"]*"\/"[^"]*" not registered|failed to sync (?:secret|configmap) cache: timed out/;

/** What the scheduler says when it waits for a volume. */
const UNBOUND = /unbound (immediate )?PersistentVolumeClaims|persistentvolumeclaim .* not found/i;

/** Judges a pod by itself, its events and the nodes. */
export function judgePod(pod: Pod, { events, nodes }: Pick<WorkloadSnapshot, 'events' | 'nodes'>): Verdict {
  if (conditionOf(pod, 'Ready')?.status === 'True') return { state: 'up' };
  const { phase, reason, message } = pod.status ?? {};
  if (phase === 'Failed') {
    const why = `its pod was ended: ${phrase(message, reason ?? 'no reason is given')}`;
    return { state: 'doubtful', cause: 'ended', reason: why, patience: EVICTED_PATIENCE_MS };
  }
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    return judgeUnschedulable(phrase(scheduled.message, 'no node suits it'), events, nodes);
  }
  if (scheduled?.status !== 'True') return { state: 'waiting', reason: 'its pod has no node yet' };
  return judgeContainers(pod, events);
}

function judgeUnschedulable(sentence: string, events: readonly KubeEvent[], nodes: readonly Node[]): Verdict {
  if (nodes.length === 0 || !nodes.every(isReady))
    return { state: 'waiting', reason: `a node is not ready yet (${sentence})` };
  const claim = UNBOUND.test(sentence) ? events.findLast(isAboutClaim)?.message : undefined;
  const isClaim = UNBOUND.test(sentence);
  return {
    state: 'doubtful',
    cause: isClaim ? 'claim' : 'scheduling',
    reason: `its pod cannot be scheduled: ${sentence}${claim === undefined ? '' : ` (${phrase(claim, '')})`}`,
    patience: isClaim ? CLAIM_PATIENCE_MS : SCHEDULING_PATIENCE_MS,
  };
}

/** A node is kept free by a taint a little longer than it says that it is not ready. */
function isReady(node: Node): boolean {
  const isHeld = node.spec?.taints?.some(({ key }) => key === 'node.kubernetes.io/not-ready') ?? false;
  return !isHeld && conditionOf(node, 'Ready')?.status === 'True';
}

function isAboutClaim({ type, involvedObject }: KubeEvent): boolean {
  return type === 'Warning' && involvedObject?.kind === 'PersistentVolumeClaim';
}

function judgeContainers(pod: Pod, events: readonly KubeEvent[]): Verdict {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const { uid } = pod.metadata;
  const warnings = events.filter(
    ({ type, reason, involvedObject }) =>
      uid !== undefined && involvedObject?.uid === uid && type === 'Warning' && reason !== 'FailedScheduling',
  );
  const isStarting = containerStatuses.every(({ state }) => state?.running === undefined && !state?.terminated);
  const [...judged] = [...initContainerStatuses, ...containerStatuses].map((status) => judgeContainer(pod, status));
  return gravest(isStarting ? judgeStart(warnings) : judgeRun(warnings), ...judged);
}

function judgeStart(warnings: readonly KubeEvent[]): Verdict {
  const last = warnings.at(-1);
  const why = `its pod cannot start: ${phrase(last?.message, 'no reason is given')}`;
  if (last === undefined) return { state: 'waiting', reason: 'its container is being made' };
  const isMount = last.reason === 'FailedMount' || last.reason === 'FailedAttachVolume';
  if (!isMount || UNKNOWN_YET.test(last.message ?? '')) return { state: 'waiting', reason: why };
  return { state: 'doubtful', cause: 'mount', reason: why, patience: MOUNT_PATIENCE_MS };
}

function judgeRun(warnings: readonly KubeEvent[]): Verdict {
  const probe = warnings.findLast(({ reason }) => reason === 'Unhealthy');
  const why = probe === undefined ? '' : ` (${phrase(probe.message, 'its probe fails')})`;
  return { state: 'waiting', reason: `it runs, but is not ready yet${why}` };
}
