/** Whether a container is coming up, and if not, why. Pure. */
import { phrase, type Verdict } from './verdict.ts';
import type { ContainerStatus, Pod } from './workload-shapes.ts';

/** Reasons for which there is no image; the first ones come before the kubelet starts to wait between tries. */
const NO_IMAGE: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ErrImageNeverPull',
  'ImagePullBackOff',
  'ImageInspectError',
  'InvalidImageName',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
/** Reasons for which there is no container; what it needs may come shortly after it. */
const NO_CONTAINER: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);
const NO_CONTAINER_PATIENCE_MS = 5_000;
/** A container that ends is started again; one that ends twice waits, and says so. */
const ENDED_PATIENCE_MS = 5_000;

/** Judges a container; one that runs, or has done its work, is waited for like the pod. */
export function judgeContainer(pod: Pod, status: ContainerStatus): Verdict {
  const { waiting, terminated } = status.state ?? {};
  const ended = { pod: pod.metadata.name, container: status.name };
  if (waiting?.reason !== undefined && NO_IMAGE.has(waiting.reason)) {
    const why = phrase(waiting.message, waiting.reason);
    return { state: 'failed', reason: `its image ${imageOf(pod, status)} cannot be used (${waiting.reason}): ${why}` };
  }
  if (waiting?.reason === 'CrashLoopBackOff') {
    return { state: 'failed', reason: endingOf(status, status.lastState?.terminated), ended };
  }
  if (waiting?.reason !== undefined && NO_CONTAINER.has(waiting.reason)) {
    const reason = `its container ${status.name} cannot be made: ${phrase(waiting.message, waiting.reason)}`;
    return { state: 'doubtful', cause: waiting.reason, reason, patience: NO_CONTAINER_PATIENCE_MS };
  }
  // Containers that prepare a pod end well with 0; others are not meant to end.
  if (terminated !== undefined && (terminated.exitCode !== 0 || isLasting(pod, status))) {
    const reason = endingOf(status, terminated);
    return { state: 'doubtful', cause: 'ended', reason, patience: ENDED_PATIENCE_MS, ended };
  }
  return { state: 'waiting', reason: 'its container is being made' };
}

function isLasting(pod: Pod, { name }: ContainerStatus): boolean {
  return pod.spec?.containers?.some((container) => container.name === name) ?? false;
}

function imageOf(pod: Pod, { name, image }: ContainerStatus): string {
  const asked = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  return asked.find((container) => container.name === name)?.image ?? image ?? 'of no name';
}

type Terminated = NonNullable<ContainerStatus['state']>['terminated'];

function endingOf({ name }: ContainerStatus, terminated: Terminated): string {
  if (terminated === undefined) return `its container ${name} ended`;
  const { exitCode, reason, message } = terminated;
  const how = reason === undefined || reason === 'Error' || reason === 'Completed' ? '' : ` (${reason})`;
  const why = message === undefined || message === '' ? '' : `: ${phrase(message, '')}`;
  return `its container ${name} ended with exit code ${exitCode}${how}${why}`;
}
