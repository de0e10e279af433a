/** Records for tests. */
import type { ClusterRecord, RegistryRecord } from '../../src/state/record.ts';

/** A whole record of a process. */
export const RECORD: RegistryRecord = {
  name: 'devreg',
  provider: 'process',
  createdAt: '2026-01-02T03:04:05.000Z',
  settings: {
    host: 'registry.localtest.me',
    port: 8443,
    registryPort: 5001,
    user: 'giteaAdmin',
    dataDir: '/data',
    durability: 'full',
    tls: 'auto',
  },
  process: { pid: 1234, startedAt: '2026-01-02T03:04:06.000Z' },
  madeFolder: '/data',
  trusted: [{ registry: 'localhost:5001', path: '/home/ca.crt', hashes: ['ab'], folders: ['/home'] }],
};

/** A whole record of a cluster. */
export const CLUSTER_RECORD: ClusterRecord = {
  name: 'dev',
  provider: 'kind',
  createdAt: '2026-01-02T03:04:05.000Z',
  settings: {
    host: 'registry.localtest.me',
    port: 8443,
    registryPort: 5001,
    user: 'giteaAdmin',
    durability: 'full',
    tls: 'auto',
    aliases: ['images.localtest.me'],
    pathRouting: true,
    ingress: 'traefik',
    workers: 2,
    nodeImage: 'kindest/node:v1.34.0',
    kindConfig: { source: 'kind.yaml', text: 'kind: Cluster\n' },
    extraPorts: ['22:32222'],
    nodePort: 30_050,
    storageSize: '10Gi',
    storageClass: 'standard',
    dataDir: '/data',
    registryImage: 'registry:2',
    ingressHost: 'proxied.localtest.me',
    namespace: 'devreg',
    serviceName: 'registry',
    serviceType: 'ClusterIP',
    appName: 'registry',
  },
  engine: 'docker',
  stage: 'ready',
  hostsFile: '/etc/hosts',
  formerContext: 'mine',
  trusted: [],
};
