/** Where clusters come from: what the recipes need from each kind of cluster. */

/** A node of a cluster. */
export interface ClusterNode {
  /** The name of its container, which is also the node's name in the cluster. */
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
}

/** A node that is there, whether or not it runs. */
export interface FoundNode extends ClusterNode {
  readonly isRunning: boolean;
}

/** A cluster to be made. */
export interface ClusterOrder {
  readonly name: string;
  /** The whole configuration, as text. */
  readonly config: string;
  /** Undefined: what the configuration says, else the provider's default. */
  readonly nodeImage: string | undefined;
  /** Whether the pieces of a cluster that failed stay, to be looked at. */
  readonly keepOnFailure: boolean;
}

/** A cluster that is being made. */
export interface ClusterBirth {
  /** Resolves once every node's container runs and its container runtime answers. Rejects as `made` does. */
  readonly nodes: Promise<readonly ClusterNode[]>;
  /** Resolves as soon as the control plane has made it: a kubeconfig that is good on this machine. Rejects as `made` does. */
  readonly kubeconfig: Promise<string>;
  /** Resolves when the provider has done its part. */
  readonly made: Promise<void>;
}

/**
 * One kind of cluster. Errors are DevregErrors: CLUSTER_TOOL_ABSENT (the program is not there), CLUSTER_FAILED (with
 * the reason the program gave), NODE_IMAGE_MISSING, PORT_IN_USE, CLUSTER_EXISTS.
 */
export interface ClusterProvider {
  /** Names of all clusters there are, whoever made them. */
  list(): Promise<readonly string[]>;
  /** @returns the nodes, control plane first; none when there is no such cluster */
  listNodes(cluster: string): Promise<readonly FoundNode[]>;
  /** Begins a cluster. When it fails, or the signal aborts, its pieces are removed unless the order keeps them. */
  create(
    order: ClusterOrder,
    options: { readonly signal: AbortSignal; readonly onPhase: (phase: string) => void },
  ): ClusterBirth;
  /** @returns the kubeconfig of a cluster that runs, good on this machine, with one context called `kind-NAME` */
  readKubeconfig(cluster: string): Promise<string>;
  /** Adds the cluster to the user's kubeconfig and makes it the current one. */
  exportKubeconfig(cluster: string): Promise<void>;
  /**
   * Starts the nodes that do not run, the control plane first.
   * @returns all nodes, as soon as the container runtime of each answers
   */
  start(cluster: string, signal: AbortSignal): Promise<readonly ClusterNode[]>;
  /** Stops all nodes; what is in them stays. */
  stop(cluster: string): Promise<void>;
  /** Removes a cluster and its part of the user's kubeconfig. Fine when there is none. */
  remove(cluster: string): Promise<void>;
}
