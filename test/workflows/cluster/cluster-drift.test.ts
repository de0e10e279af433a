/** What only a new cluster can have, told option by option. */
import { describe, expect, it } from 'vitest';
import type { ClusterSettings } from '../../../src/state/record.ts';
import { findDrift, refuseDrift } from '../../../src/workflows/cluster/cluster-drift.ts';
import { CLUSTER_RECORD } from '../../state/sample-record.ts';

const BEFORE = CLUSTER_RECORD.settings;

const refuse = (before: ClusterSettings, wanted: ClusterSettings) => refuseDrift('dev', findDrift(before, wanted));

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
    ['namespace', '--namespace', { namespace: 'other' }],
    ['serviceName', '--service-name', { serviceName: 'other' }],
    ['serviceType', '--service-type', { serviceType: 'NodePort' }],
    ['appName', '--app-name', { appName: 'other' }],
  ];

  it.each(changes)('of %s is refused by %s', (_key, option, change) => {
    expect(() => refuse(BEFORE, { ...BEFORE, ...change })).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        code: 'CLUSTER_DRIFT',
        message: expect.stringMatching(
          new RegExp(`^The cluster dev cannot be changed like that in place: ${option} \\S+ → \\S+\\.$`),
        ),
        hint: expect.stringContaining('--recreate'),
      }),
    );
  });

  it('names everything at once', () => {
    expect(() => refuse(BEFORE, { ...BEFORE, port: 1, workers: 0 })).toThrow(
      'in place: --port 8443 → 1; --workers 2 → 0.',
    );
  });

  it('is none in what can be changed in place: all the other settings', () => {
    const free: Partial<ClusterSettings> = {
      host: 'a.localtest.me',
      user: 'me',
      durability: 'fast',
      aliases: [],
      pathRouting: false,
      registryImage: undefined,
      ingressHost: undefined,
    };
    expect(() => refuse(BEFORE, { ...BEFORE, ...free })).not.toThrow();
    const known = [...Object.keys(free), ...changes.map(([key]) => key)];
    expect(known.toSorted()).toEqual(Object.keys(BEFORE).toSorted());
  });

  it('is none in where a configuration is from, when it says the same', () => {
    const kindConfig = { source: 'standard input', text: BEFORE.kindConfig?.text ?? '' };
    expect(() => refuse(BEFORE, { ...BEFORE, kindConfig })).not.toThrow();
  });

  it('is none between a key without a value and no key, as records have it', () => {
    const { nodeImage: _none, ...rest } = BEFORE;
    const read = JSON.parse(JSON.stringify({ ...rest })) as ClusterSettings;
    expect(() => refuse(read, { ...BEFORE, nodeImage: undefined })).not.toThrow();
  });
});
