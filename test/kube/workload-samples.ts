/** Objects around a Deployment, as controllers and kubelets write them. */
import type {
  ContainerStatus,
  Deployment,
  KubeEvent,
  Node,
  Pod,
  ReplicaSet,
  WorkloadSnapshot,
} from '../../src/kube/workload-shapes.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const IN = { namespace: 'devreg' };

export function newDeployment(status: object = {}, generation = 1): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...IN, name: 'app', uid: 'deployment', generation, annotations: { [REVISION]: '2' } },
    spec: { replicas: 1 },
    status: { observedGeneration: 1, ...status },
  };
}

export function newReplicaSet(name: string, revision: string): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...IN,
      name,
      uid: name,
      annotations: { [REVISION]: revision },
      ownerReferences: [{ uid: 'deployment' }],
    },
  };
}

/** A pod of the newest template that has a node, unless the status says otherwise. */
export function newPod(status: NonNullable<Pod['status']> = {}, owner = 'new'): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...IN, name: `app-${owner}`, uid: `pod-${owner}`, ownerReferences: [{ uid: owner }] },
    spec: { containers: [{ name: 'main', image: 'example/app:1' }] },
    status: { conditions: [{ type: 'PodScheduled', status: 'True' }], ...status },
  };
}

/** A pod whose one container is in a state. */
export function podIn(state: NonNullable<ContainerStatus['state']>, rest: Partial<ContainerStatus> = {}): Pod {
  return newPod({ containerStatuses: [{ name: 'main', ready: false, state, ...rest }] });
}

export function unschedulable(message: string): Pod {
  return newPod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
}

export function newNode(ready: 'True' | 'False'): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node' },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  };
}

export function warning(reason: string, message: string, kind = 'Pod', uid = 'pod-new'): KubeEvent {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { ...IN, name: `${reason}-${message.length}` },
    type: 'Warning',
    reason,
    message,
    involvedObject: { kind, uid },
  };
}

export function snapshotOf(parts: Partial<WorkloadSnapshot>): WorkloadSnapshot {
  return {
    deployment: newDeployment(),
    replicaSets: [newReplicaSet('new', '2'), newReplicaSet('old', '1')],
    pods: [],
    events: [],
    nodes: [newNode('True')],
    ...parts,
  };
}
