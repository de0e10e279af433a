/** The API of a cluster, as far as devreg needs it. */

/** Any Kubernetes object. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What names an object. */
export type ObjectKey = Pick<KubeObject, 'apiVersion' | 'kind'> & {
  readonly name: string;
  readonly namespace?: string;
};

/** Objects of one kind: of a namespace or of all, and of these the ones that selectors choose. */
export type ObjectSelection = Pick<ObjectKey, 'apiVersion' | 'kind' | 'namespace'> & {
  readonly labelSelector?: string;
  /** Of what the API lets select by: `metadata.name=a`, `involvedObject.kind=Pod`. */
  readonly fieldSelector?: string;
};

/**
 * A cluster. Errors are DevregErrors: CLUSTER_UNREACHABLE, CLUSTER_REFUSED (with the API's own sentence),
 * CLUSTER_CONFLICT (something else changed the object meanwhile), CLUSTER_TIMEOUT.
 */
export interface KubeApi {
  /** Resolves when the API answers and the user of the kubeconfig may apply objects. @throws the signal's reason */
  ready(signal: AbortSignal): Promise<void>;
  /**
   * Server-side apply under the field manager `devreg`, taking over fields others hold.
   * @param how with `dryRun` nothing is changed, and what is returned is what would be
   * @returns the object as it is now
   */
  apply(object: KubeObject, how?: { readonly dryRun?: boolean }): Promise<KubeObject>;
  /** @returns the object, or undefined when it is absent */
  get(key: ObjectKey): Promise<KubeObject | undefined>;
  list(kind: Pick<ObjectKey, 'apiVersion' | 'kind' | 'namespace'>, labelSelector?: string): Promise<KubeObject[]>;
  /** A merge patch; fails with CLUSTER_CONFLICT when the object changed since `resourceVersion`, if the patch has one. */
  patch(key: ObjectKey, patch: object): Promise<KubeObject>;
  /** @returns whether there was one */
  remove(key: ObjectKey): Promise<boolean>;
  /**
   * The object now and after every change, until the consumer stops; undefined when it is (or becomes) absent.
   * Survives lost connections and expired watches. @throws the signal's reason
   */
  watch(key: ObjectKey, signal: AbortSignal): AsyncIterable<KubeObject | undefined>;
  /** All objects of a selection now and after every change of one, as `watch`. */
  watchList(selection: ObjectSelection, signal: AbortSignal): AsyncIterable<readonly KubeObject[]>;
  /** The last lines of a pod's log, or with `follow` all that come, as they come. */
  logs(
    pod: { readonly namespace: string; readonly name: string; readonly container?: string },
    options: { readonly tail?: number; readonly follow?: boolean; readonly previous?: boolean },
    signal: AbortSignal,
  ): AsyncIterable<string>;
}
