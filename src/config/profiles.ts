/** The registries of other projects that devreg stands in for, as their documents have them. Pure data. */

/** What a profile gives where nothing else is asked for. */
export interface Profile {
  /** In one sentence, for help and documents. */
  readonly meaning: string;
  readonly host: string;
  readonly port: number;
  readonly registryPort: number;
  readonly user: string;
  readonly tls: 'auto' | 'off';
  readonly cluster: {
    readonly pathRouting?: true;
    readonly ingress?: 'none';
    readonly namespace?: string;
    readonly serviceName?: string;
    readonly serviceType?: 'NodePort';
    readonly appName?: string;
    readonly nodePort?: number;
    readonly storageClass?: string;
    readonly storageSize?: string;
  };
  /** A password that everybody knows; absent: one is drawn. */
  readonly password?: string;
  /** The first part of its host: a host that is asked for without it is the domain that the registry is below. */
  readonly label?: string;
}

/** By name. */
export const PROFILES = {
  // S0: its registry is Gitea, below the domain of all it has, and by a path of that domain.
  idpbuilder: {
    meaning: 'gitea.cnoe.localtest.me:8443 and cnoe.localtest.me:8443/gitea, with TLS, for giteaAdmin',
    host: 'gitea.cnoe.localtest.me',
    label: 'gitea',
    port: 8443,
    registryPort: 5001,
    user: 'giteaAdmin',
    tls: 'auto',
    cluster: { pathRouting: true },
  },
  // S1: Gitea on one port of the node, in plain HTTP.
  raibid: {
    meaning: 'localhost:3000 in plain HTTP, for raibid-admin with the password adminadmin, namespace raibid-system',
    host: 'localhost',
    port: 3000,
    registryPort: 3000,
    user: 'raibid-admin',
    tls: 'off',
    password: 'adminadmin',
    cluster: {
      ingress: 'none',
      namespace: 'raibid-system',
      serviceName: 'gitea-http',
      serviceType: 'NodePort',
      appName: 'gitea',
      nodePort: 30_080,
      storageClass: 'local-path',
      storageSize: '10Gi',
    },
  },
  plain: {
    meaning: 'localhost:5001 in plain HTTP, without an ingress',
    host: 'localhost',
    port: 5001,
    registryPort: 5001,
    user: 'giteaAdmin',
    tls: 'off',
    cluster: { ingress: 'none', serviceType: 'NodePort' },
  },
} as const satisfies Readonly<Record<string, Profile>>;
