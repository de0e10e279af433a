/** How a cluster is to be, and what only a new one can have. */
import { describe, expect, it } from 'vitest';
import { settleCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { CLUSTER_RECORD } from '../../state/sample-record.ts';

const BEFORE = CLUSTER_RECORD.settings;

describe('settings', () => {
  it('are the defaults where nothing is asked for', () => {
    expect(settleCluster({}, undefined)).toEqual({
      host: 'registry.localtest.me',
      port: 8443,
      registryPort: 5001,
      user: 'giteaAdmin',
      durability: 'full',
      tls: 'auto',
      aliases: [],
      pathRouting: false,
      ingress: 'traefik',
      workers: 0,
      nodeImage: undefined,
      kindConfig: undefined,
      extraPorts: [],
      nodePort: 30_050,
      storageSize: '10Gi',
      storageClass: undefined,
      dataDir: undefined,
      registryImage: undefined,
      ingressHost: undefined,
      namespace: 'devreg',
      serviceName: 'registry',
      serviceType: 'ClusterIP',
      appName: 'registry',
    });
  });

  it('are what is asked for over what was before; what is not given counts for nothing', () => {
    const settled = settleCluster({ user: 'me', workers: undefined, aliases: ['A.LocalTest.me'] }, BEFORE);
    expect(settled).toEqual({ ...BEFORE, user: 'me', aliases: ['a.localtest.me'] });
  });

  it('keep the ports there were when any will do', () => {
    expect(settleCluster({ port: 0, registryPort: 0 }, BEFORE)).toMatchObject({ port: 8443, registryPort: 5001 });
    expect(settleCluster({ port: 0, registryPort: 0 }, undefined)).toMatchObject({ port: 0, registryPort: 0 });
  });

  it('have two ports, and names that can stand in images', () => {
    expect(() => settleCluster({ port: 5001 }, undefined)).toThrow(expect.objectContaining({ code: 'PORTS_EQUAL' }));
    for (const wanted of [{ host: '*.localtest.me' }, { host: '::1' }, { aliases: ['a b'] }])
      expect(() => settleCluster(wanted, undefined)).toThrow(expect.objectContaining({ kind: 'usage' }));
  });
});
