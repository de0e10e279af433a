/** A record for tests. */
import type { RegistryRecord } from '../../src/state/record.ts';

/** A whole record. */
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
