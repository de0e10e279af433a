/** From settings to what templates are filled in with. */
import { describe, expect, it } from 'vitest';
import { settleCluster, type WantedCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { clusterViewOf, kindViewOf, nodeDataFolder } from '../../../src/workflows/cluster/cluster-views.ts';

const settle = (wanted: WantedCluster = {}) => settleCluster(wanted, undefined);
const FACTS = {
  cluster: 'dev',
  version: '1.2.3',
  image: 'image:1',
  clusterIP: '10.96.0.50',
  trustedProxies: ['10.244.0.0/16'],
  credentials: { password: 'p', token: 't' },
  tls: undefined,
};
const viewOf = (wanted?: WantedCluster) => clusterViewOf(settle(wanted), FACTS);

describe('the configuration', () => {
  it('publishes on loopback alone', () => {
    expect(kindViewOf('dev', settle({ extraPorts: ['22:32222'], workers: 2 }))).toEqual({
      cluster: 'dev',
      workers: 2,
      protocol: 'https',
      listenAddress: '127.0.0.1',
      port: 8443,
      localPort: 5001,
      nodePort: 30_050,
      namedNodePort: undefined,
      extraPorts: [{ hostPort: 22, containerPort: 32_222 }],
      dataFolder: undefined,
    });
  });

  it('leads the host’s port to the registry itself where there is no ingress', () => {
    expect(kindViewOf('dev', settle({ ingress: 'none' }))).toMatchObject({ namedNodePort: 30_051 });
    expect(viewOf({ ingress: 'none' })).toMatchObject({ ingress: undefined, registry: { namedNodePort: 30_051 } });
  });

  it('leads both ports to the one that nodes have, where the Service is on it', () => {
    const settings = settle({ serviceType: 'NodePort', nodePort: 30_080, port: 3000 });
    expect(kindViewOf('dev', settings)).toMatchObject({
      port: 3000,
      localPort: 3000,
      nodePort: 30_080,
      namedNodePort: 30_080,
    });
  });

  it('knows plain HTTP, and the folder of this machine', () => {
    expect(kindViewOf('dev', settle({ tls: 'off', dataDir: '/data' }))).toMatchObject({
      protocol: 'http',
      dataFolder: '/data',
    });
  });
});

describe('the objects', () => {
  it('have all names and routes', () => {
    expect(
      viewOf({ host: 'gitea.cnoe.localtest.me', pathRouting: true, aliases: ['a.localtest.me'] }).registry,
    ).toMatchObject({
      host: 'gitea.cnoe.localtest.me',
      aliases: ['a.localtest.me', 'cnoe.localtest.me'],
      routes: ['cnoe.localtest.me:8443/gitea='],
      trustedProxies: ['10.244.0.0/16'],
    });
  });

  it('may pull an image of the user’s own, and no other', () => {
    expect(viewOf().registry.mayPull).toBe(false);
    expect(viewOf({ registryImage: 'mine:1' }).registry.mayPull).toBe(true);
  });

  it.each([
    [{}, { kind: 'folder', path: '/var/lib/devreg/registry', size: '10Gi' }, '/var/lib/devreg/registry'],
    [{ dataDir: '/d' }, { kind: 'folder', path: '/var/lib/devreg/data', size: '10Gi' }, '/var/lib/devreg/data'],
    [{ storageClass: 'fast', storageSize: '1Ti' }, { kind: 'class', className: 'fast', size: '1Ti' }, undefined],
    [
      { storageClass: 'fast', dataDir: '/d' },
      { kind: 'folder', path: '/var/lib/devreg/data', size: '10Gi' },
      '/var/lib/devreg/data',
    ],
  ])('keep images, with %j, in %j', (wanted, storage, folder) => {
    expect(viewOf(wanted).registry.storage).toEqual(storage);
    expect(nodeDataFolder(settle(wanted))).toBe(folder);
  });
});
