/** A cluster's view for tests, with nothing secret in it. */
import type { ClusterView } from '../../src/rendering/cluster-view.ts';

/** @returns what `devreg create` would have by default, with stand-ins for certificates and credentials */
export function sampleView(): ClusterView {
  return {
    cluster: 'dev',
    version: '1.2.3',
    namespace: 'devreg',
    tls: { certificate: 'certificate\n', key: 'key\n', authority: 'authority\n' },
    ingress: { image: 'docker.io/library/traefik:v3.6.12', domain: 'localtest.me' },
    registry: {
      image: 'localhost/devreg-registry:1.2.3',
      host: 'registry.localtest.me',
      port: 8443,
      aliases: ['cnoe.localtest.me'],
      ingressHost: undefined,
      serviceName: 'registry',
      serviceType: 'ClusterIP',
      appName: 'registry',
      localPort: 5001,
      nodePort: 30_500,
      namedNodePort: undefined,
      clusterIP: '10.96.0.50',
      user: 'giteaAdmin',
      password: 'pass"word',
      token: 'devreg_token',
      durability: 'full',
      routes: ['cnoe.localtest.me:8443/gitea='],
      trustedProxies: ['127.0.0.0/8', '10.244.0.0/16'],
      storage: { kind: 'folder', path: '/var/lib/devreg/registry', size: '10Gi' },
    },
  };
}
