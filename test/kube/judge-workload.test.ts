/** Why a Deployment does not come up, told from what the cluster writes down. */
import { describe, expect, it } from 'vitest';
import { judgeWorkload } from '../../src/kube/judge-workload.ts';
import type { WorkloadSnapshot } from '../../src/kube/workload-shapes.ts';
import {
  newDeployment,
  newNode,
  newPod,
  newReplicaSet,
  podIn,
  snapshotOf,
  unschedulable,
  warning,
} from './workload-samples.ts';

const judge = (parts: Partial<WorkloadSnapshot>) => judgeWorkload(snapshotOf(parts));
const ROLLED_OUT = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
const READY = newPod({ conditions: [{ type: 'Ready', status: 'True' }] });

describe('a Deployment', () => {
  it('is up when all its pods are of its newest template and available', () => {
    expect(judge({ deployment: newDeployment(ROLLED_OUT) })).toEqual({ state: 'up' });
  });

  it.each([
    ['it is not there yet', undefined, []],
    ['the cluster has not looked at it yet', newDeployment(ROLLED_OUT, 2), []],
    ['it has no pods yet', newDeployment(), []],
    ['its pods are being counted', newDeployment({ replicas: 1, updatedReplicas: 1 }), [READY]],
    ['its pods before are still ending', newDeployment({ ...ROLLED_OUT, replicas: 2 }), [READY]],
  ])('is waited for: %s', (reason, deployment, pods) => {
    expect(judge({ deployment, pods })).toEqual({ state: 'waiting', reason });
  });

  it('is doubtful when its pods cannot be made', () => {
    const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota.' }];
    expect(judge({ deployment: newDeployment({ conditions }) })).toMatchObject({
      state: 'doubtful',
      reason: 'its pods cannot be made: exceeded quota',
    });
  });

  it('is not judged by pods of templates before, of others, or on their way out', () => {
    const crashing = podIn({ waiting: { reason: 'CrashLoopBackOff' } });
    const old = { ...crashing, metadata: { ...crashing.metadata, ownerReferences: [{ uid: 'old' }] } };
    const foreign = { ...crashing, metadata: { ...crashing.metadata, ownerReferences: [{ uid: 'foreign' }] } };
    const leaving = { ...crashing, metadata: { ...crashing.metadata, deletionTimestamp: 'now' } };
    expect(judge({ pods: [old, foreign, leaving] })).toEqual({ state: 'waiting', reason: 'it has no pods yet' });
    const others = { ...newReplicaSet('foreign', '2'), metadata: { name: 'foreign', uid: 'foreign' } };
    expect(judge({ pods: [foreign], replicaSets: [others] })).toMatchObject({ state: 'waiting' });
  });
});

describe('after its node was started', () => {
  const deployment = newDeployment(ROLLED_OUT);
  const starts = new Map([['node-1', new Date('2026-01-01T12:00:00Z')]]);
  const since = (startedAt: string, ready: 'True' | 'False' = 'True', nodeName = 'node-1') => {
    const conditions = [
      { type: 'Ready', status: ready },
      { type: 'PodScheduled', status: 'True' as const },
    ];
    const containerStatuses = [{ name: 'main', ready: ready === 'True', state: { running: { startedAt } } }];
    const pod = newPod({ conditions, containerStatuses });
    return { ...pod, spec: { ...pod.spec, nodeName } };
  };

  it('a Deployment is not up by what was said of its pod before', () => {
    const before = since('2026-01-01T11:59:59Z');
    expect(judge({ deployment, pods: [before], starts })).toMatchObject({ state: 'waiting' });
    expect(judge({ deployment, pods: [before] })).toEqual({ state: 'up' });
  });

  it('a Deployment is up when its pod was started and is ready again', () => {
    expect(judge({ deployment, pods: [since('2026-01-01T12:00:00Z')], starts })).toEqual({ state: 'up' });
    expect(judge({ deployment, pods: [since('2026-01-01T12:00:01Z', 'False')], starts })).toMatchObject({
      state: 'waiting',
    });
  });

  it('a container that ended with its node is waited for, and one that ended since is not', () => {
    const ended = (startedAt: string) => {
      const pod = podIn({ terminated: { exitCode: 255, reason: 'Unknown', startedAt } });
      return { ...pod, spec: { ...pod.spec, nodeName: 'node-1' } };
    };
    for (const status of [ROLLED_OUT, { replicas: 1 }]) {
      const parts = { deployment: newDeployment(status), starts };
      expect(judge({ ...parts, pods: [ended('2026-01-01T11:00:00Z')] })).toMatchObject({ state: 'waiting' });
      expect(judge({ ...parts, pods: [ended('2026-01-01T12:00:05Z')] })).toMatchObject({ state: 'doubtful' });
    }
  });

  it('pods of other nodes are judged as ever', () => {
    expect(judge({ deployment, pods: [since('2020-01-01T00:00:00Z', 'True', 'node-2')], starts })).toEqual({
      state: 'up',
    });
  });

  it('a Deployment fails with the reason why its pod does not start again', () => {
    const crashing = podIn({ waiting: { reason: 'ErrImageNeverPull' } });
    const pod = { ...crashing, spec: { ...crashing.spec, nodeName: 'node-1' } };
    expect(judge({ deployment, pods: [pod], starts })).toMatchObject({ state: 'failed' });
  });
});

describe('a pod without a node', () => {
  const sentence = '0/1 nodes are available: 1 Insufficient cpu. preemption: none.';

  it('is doubtful with the words of the scheduler', () => {
    expect(judge({ pods: [unschedulable(sentence)] })).toMatchObject({
      state: 'doubtful',
      cause: 'scheduling',
      reason: 'its pod cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu. preemption: none',
    });
  });

  const HELD = { ...newNode('True'), spec: { taints: [{ key: 'node.kubernetes.io/not-ready' }] } };

  it.each([
    ['is not ready', [newNode('True'), newNode('False')]],
    ['is ready but held', [HELD]],
    ['is unknown', []],
  ])('is waited for while a node %s', (_, nodes) => {
    expect(judge({ pods: [unschedulable(sentence)], nodes })).toMatchObject({ state: 'waiting' });
  });

  it('waits longer for a volume, and says what the claim says', () => {
    const pods = [unschedulable('pod has unbound immediate PersistentVolumeClaims.')];
    const events = [warning('ProvisioningFailed', 'storageclass "x" not found', 'PersistentVolumeClaim', 'claim')];
    expect(judge({ pods, events })).toMatchObject({
      state: 'doubtful',
      cause: 'claim',
      reason: expect.stringContaining('PersistentVolumeClaims (storageclass "x" not found)'),
      patience: 30_000,
    });
  });

  it('is waited for while nobody has looked at it', () => {
    expect(judge({ pods: [newPod({ conditions: [] })] })).toEqual({
      state: 'waiting',
      reason: 'its pod has no node yet',
    });
  });
});

describe('a container', () => {
  it.each(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName'])(
    'fails at once without an image: %s',
    (reason) => {
      const pod = podIn({ waiting: { reason, message: 'no such\n  host.' } });
      expect(judge({ pods: [pod] })).toEqual({
        state: 'failed',
        reason: `its image example/app:1 cannot be used (${reason}): no such host`,
      });
    },
  );

  it('fails at once when it ended again and again', () => {
    const lastState = { terminated: { exitCode: 137, reason: 'OOMKilled' } };
    expect(judge({ pods: [podIn({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState })] })).toEqual({
      state: 'failed',
      reason: 'its container main ended with exit code 137 (OOMKilled)',
      ended: { pod: 'app-new', container: 'main' },
    });
  });

  it.each([0, 2])('that ended once with %d is doubtful: it is started again', (exitCode) => {
    const pod = podIn({ terminated: { exitCode, reason: 'Error' } });
    expect(judge({ pods: [pod] })).toMatchObject({
      state: 'doubtful',
      reason: `its container main ended with exit code ${exitCode}`,
      ended: { pod: 'app-new', container: 'main' },
    });
  });

  it('that prepares the pod may end well, but not badly', () => {
    const prepared = (exitCode: number) =>
      newPod({ initContainerStatuses: [{ name: 'first', ready: true, state: { terminated: { exitCode } } }] });
    expect(judge({ pods: [prepared(0)] })).toMatchObject({ state: 'waiting' });
    expect(judge({ pods: [prepared(1)] })).toMatchObject({ state: 'doubtful' });
  });

  it.each(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'])(
    'is doubtful when it cannot be made: %s',
    (reason) => {
      const pod = podIn({ waiting: { reason, message: 'secret "a" not found' } });
      const sentence = 'its container main cannot be made: secret "a" not found';
      expect(judge({ pods: [pod] })).toMatchObject({ state: 'doubtful', cause: reason, reason: sentence });
    },
  );

  it('that is being made is waited for, with what delays it', () => {
    const pods = [podIn({ waiting: { reason: 'ContainerCreating' } })];
    expect(judge({ pods })).toEqual({ state: 'waiting', reason: 'its container is being made' });
    const events = [warning('FailedCreatePodSandBox', 'network is not ready')];
    const reason = 'its pod cannot start: network is not ready';
    expect(judge({ pods, events })).toEqual({ state: 'waiting', reason });
    const others = [warning('FailedCreatePodSandBox', 'not mine', 'Pod', 'pod-other')];
    expect(judge({ pods, events: others })).toMatchObject({ reason: 'its container is being made' });
    const past = [warning('FailedScheduling', 'no nodes')];
    expect(judge({ pods, events: past })).toMatchObject({ reason: 'its container is being made' });
  });

  it('is doubtful while a volume cannot be mounted', () => {
    const pods = [podIn({ waiting: { reason: 'ContainerCreating' } })];
    const events = [warning('FailedMount', 'MountVolume.SetUp failed: secret "a" not found')];
    expect(judge({ pods, events })).toMatchObject({ state: 'doubtful', cause: 'mount' });
  });

  it.each([
    'object "b"/"c" not registered',
    'failed to sync secret cache: timed out waiting for the condition',
    'failed to sync configmap cache: timed out waiting for the condition',
  ])('is waited for when the kubelet does not know its files yet: %s', (said) => {
    const pods = [podIn({ waiting: { reason: 'ContainerCreating' } })];
    const events = [warning('FailedMount', `MountVolume.SetUp failed for volume "a" : ${said}`)];
    expect(judge({ pods, events })).toMatchObject({ state: 'waiting' });
  });

  it('that runs is waited for, with what its probe says', () => {
    const pods = [podIn({ running: {} })];
    const events = [warning('FailedMount', 'long ago'), warning('Unhealthy', 'Startup probe failed: refused')];
    expect(judge({ pods })).toEqual({ state: 'waiting', reason: 'it runs, but is not ready yet' });
    const reason = 'it runs, but is not ready yet (Startup probe failed: refused)';
    expect(judge({ pods, events })).toEqual({ state: 'waiting', reason });
  });

  it('counts most when it fares worst', () => {
    const pods = [READY, podIn({ running: {} }), podIn({ waiting: { reason: 'ErrImagePull' } }), unschedulable('no')];
    expect(judge({ pods })).toMatchObject({ state: 'failed' });
  });

  it('of a pod that was ended is doubtful', () => {
    expect(judge({ pods: [newPod({ phase: 'Failed', reason: 'Evicted', message: 'low on disk' })] })).toMatchObject({
      state: 'doubtful',
      reason: 'its pod was ended: low on disk',
    });
  });
});
