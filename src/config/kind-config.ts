/** What a kind configuration is made of, as far as devreg reads it. Fields it does not name are carried along. */

/** A cluster, `kind.x-k8s.io/v1alpha4` (kind, pkg/apis/config/v1alpha4). */
export interface KindConfig {
  readonly kind: 'Cluster';
  readonly apiVersion: 'kind.x-k8s.io/v1alpha4';
  readonly name?: string;
  readonly nodes?: readonly KindNode[];
  readonly networking?: KindNetworking;
  /** TOML each; kind skips one whose `version` is not that of the node's file. */
  readonly containerdConfigPatches?: readonly string[];
  /** JSON each (RFC 6902). */
  readonly containerdConfigPatchesJSON6902?: readonly string[];
  readonly [field: string]: unknown;
}

/** A node. Without a role it is a control plane. */
export interface KindNode {
  readonly role?: 'control-plane' | 'worker';
  readonly labels?: Readonly<Record<string, string>>;
  readonly extraMounts?: readonly KindMount[];
  readonly extraPortMappings?: readonly KindPortMapping[];
  readonly [field: string]: unknown;
}

/** A folder of this machine in a node. */
export interface KindMount {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly [field: string]: unknown;
}

/** A port of this machine that leads to one of a node. */
export interface KindPortMapping {
  /** When absent or below one, any will do. */
  readonly hostPort?: number;
  readonly containerPort: number;
  /** Absent: all addresses. */
  readonly listenAddress?: string;
  /** Absent: TCP. */
  readonly protocol?: string;
  readonly [field: string]: unknown;
}

/** The cluster's network. */
interface KindNetworking {
  readonly ipFamily?: string;
  readonly apiServerPort?: number;
  /** In CIDR notation, one of each family where there are two, separated by commas. */
  readonly serviceSubnet?: string;
  readonly [field: string]: unknown;
}
