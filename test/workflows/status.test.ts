/** How processes and clusters stand side by side. */
import { describe, expect, it } from 'vitest';
import { resolveFolders } from '../../src/state/folders.ts';
import type { ClusterRecord } from '../../src/state/record.ts';
import type { ClusterCondition } from '../../src/workflows/cluster/inspect-cluster.ts';
import { readStatus } from '../../src/workflows/status.ts';
import { CLUSTER_RECORD, RECORD } from '../state/sample-record.ts';
import { makeFakeProvider } from './fake-provider.ts';

const folders = resolveFolders({ home: '/home/me', platform: 'linux', env: {} });

function read(records: Parameters<typeof readStatus>[0], state: ClusterCondition['state'] = 'running') {
  const inspectCluster = async ({ name }: ClusterRecord) => ({ state, nodes: [`${name}-control-plane`] });
  return readStatus(records, { folders, provider: makeFakeProvider(), inspectCluster });
}

describe('status', () => {
  it('of a cluster has its context and nodes, and no process', async () => {
    expect(await read([CLUSTER_RECORD])).toEqual([
      {
        name: 'dev',
        provider: 'kind',
        state: 'running',
        since: CLUSTER_RECORD.createdAt,
        pid: undefined,
        names: ['registry.localtest.me:8443', 'localhost:5001'],
        tls: true,
        user: 'giteaAdmin',
        dataDir: '/data',
        log: undefined,
        context: 'kind-dev',
        nodes: ['dev-control-plane'],
      },
    ]);
  });

  it.each(['unready', 'stopped', 'missing', 'unfinished'] as const)('of one that is %s has no time', async (state) => {
    expect(await read([CLUSTER_RECORD], state)).toMatchObject([{ state, since: undefined }]);
  });

  it('of a process has its log, and neither context nor nodes', async () => {
    expect(await read([RECORD])).toMatchObject([
      { provider: 'process', state: 'stopped', pid: undefined, since: undefined, context: undefined, nodes: [] },
    ]);
  });

  it('keeps the order of the records', async () => {
    expect((await read([CLUSTER_RECORD, RECORD])).map(({ name }) => name)).toEqual(['dev', 'devreg']);
  });
});
