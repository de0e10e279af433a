/** Whether a Deployment is coming up, and if not, why. Pure. */
import { judgePod } from './judge-pod.ts';
import { isOutdated, withoutPast } from './pod-past.ts';
import { gravest, phrase, type Verdict } from './verdict.ts';
import { conditionOf, type Deployment, type Pod, type WorkloadSnapshot } from './workload-shapes.ts';

/** A new namespace has no service account for a moment, and so no pods. */
const NO_PODS_PATIENCE_MS = 5_000;

const AGAIN: Verdict = { state: 'waiting', reason: 'its node was started, and its pod is not yet again' };

/** Where a Deployment notes which of its templates a ReplicaSet is of. */
const REVISION = 'deployment.kubernetes.io/revision';

/** Judges a Deployment by what is known of it at one moment. */
export function judgeWorkload(snapshot: WorkloadSnapshot): Verdict {
  const { deployment } = snapshot;
  if (deployment === undefined) return { state: 'waiting', reason: 'it is not there yet' };
  const { generation = 0 } = deployment.metadata;
  if ((deployment.status?.observedGeneration ?? 0) < generation) {
    return { state: 'waiting', reason: 'the cluster has not looked at it yet' };
  }
  if (isRolledOut(deployment)) return judgeOutdated(newestPods(deployment, snapshot), snapshot);
  const failure = conditionOf(deployment, 'ReplicaFailure');
  if (failure?.status === 'True') {
    const reason = `its pods cannot be made: ${phrase(failure.message, 'no reason is given')}`;
    return { state: 'doubtful', cause: 'pods', reason, patience: NO_PODS_PATIENCE_MS };
  }
  const pods = newestPods(deployment, snapshot);
  if (pods.length === 0) return { state: 'waiting', reason: 'it has no pods yet' };
  const verdict = gravest({ state: 'up' }, ...pods.map((pod) => judgeNow(pod, snapshot)));
  if (verdict.state !== 'up') return verdict;
  const { replicas = 0, updatedReplicas = 0 } = deployment.status ?? {};
  const reason = replicas > updatedReplicas ? 'its pods before are still ending' : 'its pods are being counted';
  return { state: 'waiting', reason };
}

/** After its node was started, a pod is said to be up until the kubelet has looked. */
function judgeOutdated(pods: readonly Pod[], snapshot: WorkloadSnapshot): Verdict {
  const outdated = pods.filter((pod) => isOutdated(pod, snapshot.starts));
  return gravest({ state: 'up' }, ...outdated.map((pod) => gravest(AGAIN, judgeNow(pod, snapshot))));
}

function judgeNow(pod: Pod, snapshot: WorkloadSnapshot): Verdict {
  return judgePod(withoutPast(pod, snapshot.starts), snapshot);
}

function isRolledOut({ spec, status }: Deployment): boolean {
  const wanted = spec?.replicas ?? 1;
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  return updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
}

/** Pods of templates before do not matter: they are on their way out. */
function newestPods(deployment: Deployment, { replicaSets, pods }: WorkloadSnapshot): Pod[] {
  const revision = deployment.metadata.annotations?.[REVISION];
  const newest = replicaSets.filter(
    ({ metadata }) => isOwnedBy(metadata, deployment.metadata.uid) && metadata.annotations?.[REVISION] === revision,
  );
  return pods.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined && newest.some((set) => isOwnedBy(metadata, set.metadata.uid)),
  );
}

function isOwnedBy({ ownerReferences }: Pod['metadata'], uid: string | undefined): boolean {
  return uid !== undefined && (ownerReferences ?? []).some((owner) => owner.uid === uid);
}
