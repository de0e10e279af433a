/** Waits for Deployments by watching them, and says at once why one cannot come up. */
import { DevregError } from '../errors.ts';
import { openDoubts } from './doubts.ts';
import { judgeWorkload } from './judge-workload.ts';
import type { KubeApi, KubeObject, ObjectKey, ObjectSelection } from './kube-api.ts';
import { readLastWords } from './last-words.ts';
import type { FinalVerdict, Verdict } from './verdict.ts';
import type { WorkloadSnapshot } from './workload-shapes.ts';

/** How to wait. */
export interface WaitOptions {
  /** Ends the wait; a time-out (`AbortSignal.timeout`) becomes CLUSTER_TIMEOUT. */
  readonly signal: AbortSignal;
  /** When nodes were started, by their names; pods that have not been started since do not count. */
  readonly starts?: ReadonlyMap<string, Date> | undefined;
  /** Told what is being waited for, whenever that changes: part of a sentence. */
  readonly onNote?: (note: string) => void;
}

type DeploymentName = Pick<ObjectKey, 'name' | 'namespace'>;

/**
 * Resolves when a Deployment, which need not be there yet, is rolled out and available.
 * @throws DevregError WORKLOAD_FAILED with the reason, CLUSTER_TIMEOUT with the last one known, and those of the API;
 * the signal's reason when it is not a time-out
 */
export async function awaitDeployment(
  api: KubeApi,
  key: DeploymentName,
  { signal, starts, onNote }: WaitOptions,
): Promise<void> {
  const doubts = openDoubts();
  let last = 'nothing is known of it';
  const note = (reason: string) => {
    if (reason !== last) onNote?.(reason);
    last = reason;
  };
  try {
    const verdict = await follow(api, key, { signal, starts }, (seen, conclude) => {
      if (seen.state !== 'up') note(seen.reason);
      doubts.settle(seen, conclude);
    });
    if (verdict.state !== 'up') throw await failed(api, key, verdict, signal);
  } catch (error) {
    if (isTimeout(signal) && error === signal.reason) throw timedOut(key, last, error);
    throw error;
  } finally {
    doubts.clear();
  }
}

/** Judges what is seen after every change until a judgement is final. */
async function follow(
  api: KubeApi,
  { name, namespace = 'default' }: DeploymentName,
  { signal, starts }: Pick<WaitOptions, 'signal' | 'starts'>,
  settle: (verdict: Verdict, conclude: (verdict: FinalVerdict) => void) => void,
): Promise<FinalVerdict> {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  const { promise, resolve, reject } = Promise.withResolvers<FinalVerdict>();
  let snapshot: WorkloadSnapshot = {
    deployment: undefined,
    replicaSets: [],
    pods: [],
    events: [],
    nodes: [],
    ...(starts && { starts }),
  };
  const seen = new Set<string>();
  const watch = async (selection: ObjectSelection, part: (objects: readonly KubeObject[]) => object) => {
    for await (const objects of api.watchList(selection, either)) {
      snapshot = { ...snapshot, ...part(objects) };
      seen.add(selection.kind);
      // A part of the truth would make for wrong reasons.
      if (seen.size === watches.length) settle(judgeWorkload(snapshot), resolve);
    }
  };
  const apps = { apiVersion: 'apps/v1', namespace };
  const core = { apiVersion: 'v1', namespace };
  const watches = [
    watch({ ...apps, kind: 'Deployment', fieldSelector: `metadata.name=${name}` }, ([deployment]) => ({ deployment })),
    watch({ ...apps, kind: 'ReplicaSet' }, (replicaSets) => ({ replicaSets })),
    watch({ ...core, kind: 'Pod' }, (pods) => ({ pods })),
    watch({ ...core, kind: 'Event' }, (events) => ({ events: inOrder(events) })),
    watch({ apiVersion: 'v1', kind: 'Node' }, (nodes) => ({ nodes })),
  ];
  for (const each of watches) each.catch(reject);
  try {
    return await promise;
  } finally {
    done.abort();
    await Promise.allSettled(watches);
  }
}

/** Events are listed by name; the last one of a pod is the one that counts. */
function inOrder(events: readonly KubeObject[]): KubeObject[] {
  const timeOf = ({ lastTimestamp, eventTime, metadata }: KubeObject) =>
    String(lastTimestamp ?? eventTime ?? ('creationTimestamp' in metadata ? metadata.creationTimestamp : ''));
  return events.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : Number(timeOf(a) > timeOf(b))));
}

async function failed(
  api: KubeApi,
  key: DeploymentName,
  verdict: Exclude<FinalVerdict, { state: 'up' }>,
  signal: AbortSignal,
) {
  const { reason } = verdict;
  const { ended } = verdict;
  const words = ended && (await readLastWords(api, { namespace: key.namespace ?? 'default', ...ended }, signal));
  const text = `${titleOf(key)} cannot come up: ${reason}${words === undefined ? '' : `, and its log ends with: ${words}`}.`;
  return new DevregError('failure', 'WORKLOAD_FAILED', text, { hint: describeHint(key) });
}

function timedOut(key: DeploymentName, last: string, cause: unknown): DevregError {
  const text = `${titleOf(key)} did not come up in time: ${last}.`;
  return new DevregError('timeout', 'CLUSTER_TIMEOUT', text, { hint: describeHint(key), cause });
}

function isTimeout({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof Error && reason.name === 'TimeoutError';
}

function titleOf({ name, namespace }: DeploymentName): string {
  return `Deployment ${namespace ?? 'default'}/${name}`;
}

function describeHint({ name, namespace }: DeploymentName): string {
  return `Look closer with: kubectl -n ${namespace ?? 'default'} describe deployment,pods; the Deployment is ${name}.`;
}
