/** What the templates know: a cluster's registry and ingress, as they shall be. */

/** Everything that stands in the rendered objects. */
export interface ClusterView {
  readonly cluster: string;
  /** Of devreg. */
  readonly version: string;
  /** The namespace that everything is in. */
  readonly namespace: string;
  readonly registry: RegistryView;
  /** Undefined: none. */
  readonly ingress: IngressView | undefined;
  /** Undefined: plain HTTP only. All PEM. */
  readonly tls: { readonly certificate: string; readonly key: string; readonly authority: string } | undefined;
}

/** The registry. */
export interface RegistryView {
  /** The image's name on the node. */
  readonly image: string;
  /** Whether the node may pull it when it is absent; when this is absent, it may not. */
  readonly mayPull?: boolean;
  /** The name clients use, and its port on this machine. */
  readonly host: string;
  readonly port: number;
  /** More names, without port, that mean the registry. */
  readonly aliases: readonly string[];
  /** What proxies before the ingress call the registry; undefined: by its names. */
  readonly ingressHost: string | undefined;
  /** The name of the Service, and its type: one of its own leads to the nodes' ports unless it is `NodePort` itself. */
  readonly serviceName: string;
  readonly serviceType: 'ClusterIP' | 'NodePort';
  /** The label `app.kubernetes.io/name` of all that is the registry's. */
  readonly appName: string;
  /** The port of `localhost` that leads to the registry itself. */
  readonly localPort: number;
  /** The port of each node that leads to the registry itself. */
  readonly nodePort: number;
  /** The port of each node that stands in for the ingress; undefined when there is one. */
  readonly namedNodePort: number | undefined;
  /** `ClusterIP` of the Service, fixed. */
  readonly clusterIP: string;
  readonly user: string;
  readonly password: string;
  readonly token: string;
  readonly durability: 'full' | 'fast';
  /** As `parseRouteRule` reads them. */
  readonly routes: readonly string[];
  /** Networks in CIDR notation whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly storage: StorageView;
}

/** Where images are kept: a folder of the control-plane node, or what a storage class gives. */
export type StorageView =
  | { readonly kind: 'folder'; readonly path: string; readonly size: string }
  | { readonly kind: 'class'; readonly className: string; readonly size: string };

/** The ingress. */
interface IngressView {
  readonly image: string;
  /** The domain that users' own apps are below, `localtest.me`. */
  readonly domain: string;
  /** Whether the cluster has the definitions of the Gateway API, so that the ingress can serve it; absent: no. */
  readonly gatewayApi?: boolean;
}
