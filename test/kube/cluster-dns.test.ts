/** Names in a cluster: CoreDNS patched beside others who change it, and its pods replaced when they must be. */
import { describe, expect, it } from 'vitest';
import { ensureNames, removeNames } from '../../src/kube/cluster-dns.ts';
import { type MemoryKubeApi, openMemoryKubeApi } from '../support/fakes/memory-kube-api.ts';

const RULES = { exact: [{ name: 'a.test', target: 'b.svc' }], below: [] };
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' };
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name: 'coredns' };
const COREFILE = '.:53 {\n    errors\n}\n';
const UP = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };

const soon = () => AbortSignal.timeout(5_000);

function putConfig(api: MemoryKubeApi, corefile: string): void {
  const { name, namespace, ...kind } = CONFIG;
  api.put({ ...kind, metadata: { name, namespace }, data: { Corefile: corefile, other: 'kept' } });
}

function putDeployment(api: MemoryKubeApi): void {
  const { name, namespace, ...kind } = DEPLOYMENT;
  const metadata = { name, namespace, generation: 1 };
  api.put({ ...kind, metadata, spec: { replicas: 2 }, status: UP });
}

function putPod(api: MemoryKubeApi, name: string, spec: object, startTime?: string): void {
  const metadata = { name, namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
  api.put({ apiVersion: 'v1', kind: 'Pod', metadata, spec, status: startTime === undefined ? {} : { startTime } });
}

function openCluster(): MemoryKubeApi {
  const api = openMemoryKubeApi();
  putConfig(api, COREFILE);
  putDeployment(api);
  return api;
}

const corefileOf = async (api: MemoryKubeApi) =>
  ((await api.get(CONFIG))?.['data'] as { Corefile: string } | undefined)?.Corefile;

describe('ensureNames', () => {
  it('patches the file, and leaves pods that no node has taken alone', async () => {
    const api = openCluster();
    putPod(api, 'pending', {});
    await ensureNames(api, RULES, soon());
    expect(await corefileOf(api)).toContain('rewrite name exact a.test. b.svc. answer auto');
    expect((await api.get(CONFIG))?.['data']).toMatchObject({ other: 'kept' });
    expect(api.changes).toEqual(['patch ConfigMap kube-system/coredns']);
  });

  it('replaces pods that started with the old file', async () => {
    const api = openCluster();
    putPod(api, 'old', { nodeName: 'node' }, '2026-01-01T00:00:00Z');
    await ensureNames(api, RULES, soon());
    expect(api.changes).toEqual(['patch ConfigMap kube-system/coredns', 'patch Deployment kube-system/coredns']);
    expect((await api.get(DEPLOYMENT))?.['spec']).toMatchObject({
      template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': expect.stringMatching(/^20/) } } },
    });
  });

  it('does nothing when the names are there, and the pods are younger', async () => {
    const api = openCluster();
    await ensureNames(api, RULES, soon());
    putPod(api, 'young', { nodeName: 'node' }, '2999-01-01T00:00:00Z');
    api.changes.length = 0;
    await ensureNames(api, RULES, soon());
    expect(api.changes).toEqual([]);
  });

  it('finishes what was interrupted between file and pods', async () => {
    const api = openCluster();
    await ensureNames(api, RULES, soon());
    putPod(api, 'old', { nodeName: 'node' }, '2026-01-01T00:00:00Z');
    api.changes.length = 0;
    await ensureNames(api, RULES, soon());
    expect(api.changes).toEqual(['patch Deployment kube-system/coredns']);
  });

  it('waits for CoreDNS to be there', async () => {
    const api = openMemoryKubeApi();
    const named = ensureNames(api, RULES, soon());
    putConfig(api, COREFILE);
    putDeployment(api);
    await named;
    expect(await corefileOf(api)).toContain('a.test');
  });

  it('keeps what somebody else writes at the same moment', async () => {
    const api = openCluster();
    let edits = 2;
    api.beforePatch = () => {
      if (edits === 0) return;
      edits -= 1;
      putConfig(api, COREFILE.replace('errors', `errors\n    log edit-${edits}`));
    };
    await ensureNames(api, RULES, soon());
    expect(await corefileOf(api)).toMatch(/rewrite name exact a\.test\.[^]*log edit-0/);
  });

  it('ends with the reason of its signal', async () => {
    const api = openMemoryKubeApi();
    const stop = new AbortController();
    const named = ensureNames(api, RULES, stop.signal);
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(named).rejects.toBe(reason);
  });
});

describe('removeNames', () => {
  it('takes the names out', async () => {
    const api = openCluster();
    await ensureNames(api, RULES, soon());
    await removeNames(api, soon());
    expect(await corefileOf(api)).toBe(COREFILE);
  });

  it('is fine when there are none, or no CoreDNS', async () => {
    const api = openCluster();
    await removeNames(api, soon());
    await removeNames(openMemoryKubeApi(), soon());
    expect(api.changes).toEqual([]);
  });
});
