/** Every name that a cluster's registry has. */
import { describe, expect, it } from 'vitest';
import { parseRouteRule } from '../../../src/registry/http/route.ts';
import { settleCluster, type WantedCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import {
  certificateExtras,
  nodeNames,
  pathNameOf,
  pathRoutes,
  registryHosts,
} from '../../../src/workflows/cluster/registry-names.ts';

const settle = (wanted: WantedCluster = {}) => settleCluster(wanted, undefined);
const GITEA = { host: 'gitea.cnoe.localtest.me', pathRouting: true };
const INSIDE = 'registry.devreg.svc.cluster.local:5000';

describe('images named by a path (S0-25)', () => {
  it('have the host’s parent, and its first word for the path', () => {
    const settings = settle(GITEA);
    expect(pathNameOf(settings)).toEqual({ host: 'cnoe.localtest.me', path: 'gitea' });
    expect(pathRoutes(settings)).toEqual(['cnoe.localtest.me:8443/gitea=']);
    expect(registryHosts(settings)).toEqual(['gitea.cnoe.localtest.me', 'cnoe.localtest.me']);
    expect(nodeNames(settings)).toContain('cnoe.localtest.me:8443');
  });

  it('are the same images to the registry that reads the route', () => {
    const rule = parseRouteRule(pathRoutes(settle(GITEA))[0] ?? '');
    expect(rule).toEqual({ host: 'cnoe.localtest.me:8443', path: ['gitea'], repository: [], inNames: true });
  });

  it.each([
    [443, 'auto', ['cnoe.localtest.me:443/gitea=', 'cnoe.localtest.me/gitea=']],
    [80, 'off', ['cnoe.localtest.me:80/gitea=', 'cnoe.localtest.me/gitea=']],
    [80, 'auto', ['cnoe.localtest.me:80/gitea=']],
  ] as const)('may leave out port %i with TLS %s where the protocol implies it', (port, tls, routes) => {
    expect(pathRoutes(settle({ ...GITEA, port, tls }))).toEqual(routes);
  });

  it.each([
    [{ host: 'gitea.cnoe.localtest.me' }],
    [{ host: 'registry.localhost', pathRouting: true }],
    [{ host: 'localhost', pathRouting: true }],
  ])('are none for %j', (wanted) => {
    expect(pathNameOf(settle(wanted))).toBeUndefined();
    expect(pathRoutes(settle(wanted))).toEqual([]);
  });
});

describe('names on nodes', () => {
  it('are host, aliases, localhost and the service', () => {
    expect(nodeNames(settle({ aliases: ['images.localtest.me', 'registry.localtest.me'] }))).toEqual([
      'registry.localtest.me:8443',
      'images.localtest.me:8443',
      'localhost:5001',
      INSIDE,
    ]);
  });

  it.each([
    [443, 'auto', true],
    [80, 'off', true],
    [443, 'off', false],
    [80, 'auto', false],
  ] as const)('with port %i and TLS %s, the host alone is one: %s', (port, tls, isOne) => {
    expect(nodeNames(settle({ port, tls })).includes('registry.localtest.me')).toBe(isOne);
  });
});

it('the certificate is good for every name, the fixed address, and the service by its short names', () => {
  expect(certificateExtras(settle({ ...GITEA, aliases: ['a.localtest.me'] }), '10.96.0.50')).toEqual([
    'gitea.cnoe.localtest.me',
    'a.localtest.me',
    'cnoe.localtest.me',
    '10.96.0.50',
    'registry.devreg',
    'registry.devreg.svc',
    'registry.devreg.svc.cluster.local',
  ]);
});
