/** What is read of the objects around a Deployment, as the API documents them. */
import type { KubeObject } from './kube-api.ts';

interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

interface Owned {
  readonly uid?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly { readonly uid: string }[];
}

/** An object of any kind, with what its controllers write. */
type Shape<Spec, Status> = KubeObject & {
  readonly metadata: Owned;
  readonly spec?: Spec;
  readonly status?: Status;
};

export type Deployment = Shape<
  { readonly replicas?: number },
  {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  }
>;

export type ReplicaSet = Shape<unknown, unknown>;

interface Terminated {
  readonly exitCode: number;
  readonly startedAt?: string | null;
  readonly reason?: string;
  readonly message?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready: boolean;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: Terminated;
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

export type Pod = Shape<
  {
    readonly nodeName?: string;
    readonly containers?: readonly { readonly name: string; readonly image?: string }[];
    readonly initContainers?: readonly { readonly name: string; readonly image?: string }[];
  },
  {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  }
>;

export type Node = Shape<
  { readonly taints?: readonly { readonly key: string }[] },
  { readonly conditions?: readonly Condition[] }
>;

export type KubeEvent = KubeObject & {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
};

/** Everything a verdict on a Deployment rests on, at one moment. */
export interface WorkloadSnapshot {
  readonly deployment: Deployment | undefined;
  readonly replicaSets: readonly ReplicaSet[];
  readonly pods: readonly Pod[];
  /** Of the Deployment's namespace. */
  readonly events: readonly KubeEvent[];
  readonly nodes: readonly Node[];
  /** When nodes were started, by their names: what pods were before that they are not any more. */
  readonly starts?: ReadonlyMap<string, Date>;
}

/** @returns the condition when the object has it, whatever its status */
export function conditionOf(
  { status }: { readonly status?: { readonly conditions?: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
