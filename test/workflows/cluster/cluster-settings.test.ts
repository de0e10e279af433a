/** How a cluster is to be, and what only a new one can have. */
import { describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../src/state/record.ts';
import { refuseDrift, settleCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
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

describe('drift', () => {
  const changes: readonly (readonly [keyof ClusterSettings, string, Partial<ClusterSettings>])[] = [
    ['port', '--port', { port: 9443 }],
    ['registryPort', '--registry-port', { registryPort: 5002 }],
    ['tls', '--protocol', { tls: 'off' }],
    ['ingress', '--ingress', { ingress: 'none' }],
    ['workers', '--workers', { workers: 3 }],
    ['nodeImage', '--node-image', { nodeImage: 'kindest/node:v1' }],
    ['kindConfig', '--kind-config', { kindConfig: { source: 'kind.yaml', text: 'other' } }],
    ['extraPorts', '--extra-ports', { extraPorts: [] }],
    ['nodePort', '--node-port', { nodePort: 30_051 }],
    ['storageSize', '--storage-size', { storageSize: '20Gi' }],
    ['storageClass', '--storage-class', { storageClass: undefined }],
    ['dataDir', '--data-dir', { dataDir: '/other' }],
  ];

  it.each(changes)('of %s is refused by %s', (_key, option, change) => {
    expect(() => refuseDrift('dev', BEFORE, { ...BEFORE, ...change })).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        code: 'CLUSTER_DRIFT',
        message: `The cluster dev was made with another ${option}.`,
        hint: expect.stringContaining('--recreate'),
      }),
    );
  });

  it('names everything at once', () => {
    expect(() => refuseDrift('dev', BEFORE, { ...BEFORE, port: 1, workers: 0 })).toThrow('another --port, --workers.');
  });

  it('is none in what can be changed in place: all the other settings', () => {
    const free: Partial<ClusterSettings> = {
      host: 'a.localtest.me',
      user: 'me',
      durability: 'fast',
      aliases: [],
      pathRouting: false,
      registryImage: undefined,
    };
    expect(() => refuseDrift('dev', BEFORE, { ...BEFORE, ...free })).not.toThrow();
    const known = [...Object.keys(free), ...changes.map(([key]) => key)];
    expect(known.toSorted()).toEqual(Object.keys(BEFORE).toSorted());
  });

  it('is none in where a configuration is from, when it says the same', () => {
    const kindConfig = { source: 'standard input', text: BEFORE.kindConfig?.text ?? '' };
    expect(() => refuseDrift('dev', BEFORE, { ...BEFORE, kindConfig })).not.toThrow();
  });

  it('is none between a key without a value and no key, as records have it', () => {
    const { nodeImage: _none, ...rest } = BEFORE;
    const read = JSON.parse(JSON.stringify({ ...rest })) as ClusterSettings;
    expect(() => refuseDrift('dev', read, { ...BEFORE, nodeImage: undefined })).not.toThrow();
  });
});
