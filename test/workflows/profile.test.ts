/** What profiles, and a Service on the nodes' ports, ask for besides what the user does. */
import { describe, expect, it } from 'vitest';
import type { ClusterSettings, RegistrySettings } from '../../src/state/record.ts';
import { settleCluster, type WantedCluster } from '../../src/workflows/cluster/cluster-settings.ts';
import { profilePassword } from '../../src/workflows/profile.ts';
import { registryNames, settleSettings, type WantedSettings } from '../../src/workflows/settings.ts';

const settle = (wanted: WantedCluster, before?: ClusterSettings) => settleCluster(wanted, before);
const settleAlone = (wanted: WantedSettings, before?: RegistrySettings) => settleSettings(wanted, before, '/data');
const DEFAULTS = settle({});

describe('a profile', () => {
  it('idpbuilder has its names, by host and by path (S0-02, S0-25)', () => {
    expect(settle({ profile: 'idpbuilder' })).toEqual({
      ...DEFAULTS,
      profile: 'idpbuilder',
      host: 'gitea.cnoe.localtest.me',
      pathRouting: true,
    });
  });

  it('raibid has its one port, its user and its objects (S1-02 to S1-04, S1-16, S1-25)', () => {
    expect(settle({ profile: 'raibid' })).toEqual({
      ...DEFAULTS,
      profile: 'raibid',
      host: 'localhost',
      port: 3000,
      registryPort: 3000,
      user: 'raibid-admin',
      tls: 'off',
      ingress: 'none',
      namespace: 'raibid-system',
      serviceName: 'gitea-http',
      serviceType: 'NodePort',
      appName: 'gitea',
      nodePort: 30_080,
      storageClass: 'local-path',
      storageSize: '10Gi',
    });
  });

  it('plain is localhost:5001 in plain HTTP', () => {
    const settings = settle({ profile: 'plain' });
    expect(settings).toMatchObject({ tls: 'off', ingress: 'none', serviceType: 'NodePort' });
    expect(registryNames(settings)).toEqual(['localhost:5001']);
  });

  it('yields to all that is asked for', () => {
    const wanted = { profile: 'raibid', user: 'me', namespace: 'mine', storageClass: 'standard' } as const;
    expect(settle(wanted)).toMatchObject({ user: 'me', namespace: 'mine', storageClass: 'standard', port: 3000 });
  });

  it('with one door keeps it, whichever port is asked for', () => {
    const ports = ({ port, registryPort }: ClusterSettings) => [port, registryPort];
    expect(ports(settle({ profile: 'raibid', port: 3100 }))).toEqual([3100, 3100]);
    expect(ports(settle({ profile: 'plain', registryPort: 5002 }))).toEqual([5002, 5002]);
    expect(ports(settle({ profile: 'plain', port: 0 }))).toEqual([0, 0]);
    expect(ports(settle({ profile: 'plain', port: 1, registryPort: 2 }))).toEqual([1, 2]);
    const before = settle({ profile: 'raibid', port: 3100 });
    expect(ports(settle({ port: 3200 }, before))).toEqual([3200, 3200]);
  });

  it('has its say once: what was changed since stays', () => {
    const before = settle({ profile: 'raibid', port: 3100, user: 'me' });
    expect(settle({ profile: 'raibid' }, before)).toEqual(before);
    expect(settle({}, before)).toEqual(before);
  });

  it('takes the place of another one, and of nothing else', () => {
    const before = settle({ profile: 'raibid', workers: 2, dataDir: '/d' });
    const after = settle({ profile: 'idpbuilder' }, before);
    expect(after).toEqual({ ...settle({ profile: 'idpbuilder' }), workers: 2, dataDir: '/d' });
    expect(settle({ profile: 'plain', tls: 'auto' }, DEFAULTS)).toMatchObject({ tls: 'auto', host: 'localhost' });
  });

  it.each([
    ['cnoe.localtest.me', 'gitea.cnoe.localtest.me'],
    ['Dev.localtest.me', 'gitea.dev.localtest.me'],
    ['gitea.dev.localtest.me', 'gitea.dev.localtest.me'],
  ])('idpbuilder takes host %s for the domain of %s, as idpbuilder does', (host, full) => {
    const before = settle({ profile: 'idpbuilder' });
    expect(settle({ profile: 'idpbuilder', host }).host).toBe(full);
    expect(settle({ host }, before).host).toBe(full);
  });

  it('of a registry by itself has what is not about clusters', () => {
    expect(settleAlone({ profile: 'raibid' })).toEqual({
      profile: 'raibid',
      host: 'localhost',
      port: 3000,
      registryPort: 3000,
      user: 'raibid-admin',
      tls: 'off',
      durability: 'full',
      dataDir: '/data',
    });
    expect(settleAlone({ profile: 'plain', port: 0 })).toMatchObject({ port: 0, registryPort: 0 });
    expect(() => settleAlone({ profile: 'plain', host: 'registry.localtest.me' })).toThrow(
      expect.objectContaining({ code: 'PORTS_EQUAL' }),
    );
  });

  it.each([
    ['raibid', undefined, 'adminadmin'],
    ['raibid', 'plain', 'adminadmin'],
    ['raibid', 'raibid', undefined],
    ['idpbuilder', undefined, undefined],
    [undefined, 'raibid', undefined],
  ] as const)('%s after %s brings the password %s', (wanted, before, password) => {
    expect(profilePassword(wanted, before)).toBe(password);
  });
});

describe('a Service on the nodes’ ports (S1-03)', () => {
  it('is the one way in, at localhost, where nothing else is said', () => {
    const wanted = { serviceType: 'NodePort', nodePort: 30_080, port: 3000, tls: 'off' } as const;
    const settings = settle(wanted);
    expect(settings).toMatchObject({ ...wanted, host: 'localhost', registryPort: 3000, ingress: 'none' });
    expect(settle(wanted, settings)).toEqual(settings);
  });

  it('stays beside an ingress that is asked for, and then has a port of its own', () => {
    const settings = settle({ serviceType: 'NodePort', ingress: 'traefik' });
    expect(settings).toEqual({ ...DEFAULTS, serviceType: 'NodePort' });
    expect(() => settle({ serviceType: 'NodePort', ingress: 'traefik', port: 5001 })).toThrow(
      expect.objectContaining({ code: 'PORTS_EQUAL' }),
    );
  });

  it('serves a host of the user’s choice on the same port', () => {
    const settings = settle({ serviceType: 'NodePort', host: 'images.localtest.me', port: 3000 });
    expect(registryNames(settings)).toEqual(['images.localtest.me:3000', 'localhost:3000']);
  });
});
