/** What is still said of pods though their node was started since, and the kubelet has not looked yet. Pure. */
import { conditionOf, type ContainerStatus, type Pod, type WorkloadSnapshot } from './workload-shapes.ts';

type Starts = WorkloadSnapshot['starts'];

/** Whether a pod was not started since its node was, or is not ready again. */
export function isOutdated({ spec, status }: Pod, starts: Starts): boolean {
  const start = starts?.get(spec?.nodeName ?? '');
  if (start === undefined) return false;
  const isReady = conditionOf({ status: status ?? {} }, 'Ready')?.status === 'True';
  return !isReady || (status?.containerStatuses ?? []).some(({ state }) => isBefore(state?.running?.startedAt, start));
}

/** The pod without containers that ended with their node: the kubelet starts them again. */
export function withoutPast(pod: Pod, starts: Starts): Pod {
  const { spec, status } = pod;
  const start = starts?.get(spec?.nodeName ?? '');
  if (start === undefined || status?.containerStatuses === undefined) return pod;
  const containerStatuses = status.containerStatuses.map((container) => forgetEnd(container, start));
  return { ...pod, status: { ...status, containerStatuses } };
}

function forgetEnd(container: ContainerStatus, start: Date): ContainerStatus {
  const { terminated } = container.state ?? {};
  return terminated !== undefined && isBefore(terminated.startedAt, start) ? { ...container, state: {} } : container;
}

/** A container without a time did not run when the kubelet lost sight of it. */
function isBefore(time: string | null | undefined, start: Date): boolean {
  return typeof time !== 'string' || Date.parse(time) < start.getTime();
}
