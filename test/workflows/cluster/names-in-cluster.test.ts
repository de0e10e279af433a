/** How nodes and pods find the registry by its names. */
import { expect, it } from 'vitest';
import { settleCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { dnsRulesOf, nodeTrustOf } from '../../../src/workflows/cluster/names-in-cluster.ts';

it('in pods names lead to the Service, by the names that it has; localhost stays the pod', () => {
  const placed = { namespace: 'mine', serviceName: 'images' };
  expect(dnsRulesOf(settleCluster({ ...placed, aliases: ['a.localtest.me'] }, undefined))).toEqual({
    exact: ['registry.localtest.me', 'a.localtest.me'].map((name) => ({
      name,
      target: 'images.mine.svc.cluster.local',
    })),
    below: [{ domain: 'localtest.me', target: 'traefik.mine.svc.cluster.local' }],
  });
  expect(dnsRulesOf(settleCluster({ profile: 'raibid' }, undefined))).toEqual({ exact: [], below: [] });
});

it('on nodes every name leads to the fixed address', () => {
  const settings = settleCluster({ profile: 'raibid' }, undefined);
  expect(nodeTrustOf(settings, '10.96.0.50', undefined)).toEqual({
    registries: [{ name: 'localhost:3000' }, { name: 'gitea-http.raibid-system.svc.cluster.local:5000' }],
    server: 'http://10.96.0.50:5000',
    ca: undefined,
  });
  expect(nodeTrustOf(settings, 'fd00::50', 'PEM').server).toBe('https://[fd00::50]:5000');
});
