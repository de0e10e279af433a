/** Objects applied in the order that keeps the cluster from waiting. */
import { expect, it } from 'vitest';
import { applyAll } from '../../src/kube/apply-all.ts';
import type { KubeObject } from '../../src/kube/kube-api.ts';
import { openMemoryKubeApi } from '../support/fakes/memory-kube-api.ts';

const object = (kind: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'a', namespace: 'devreg' },
  ...more,
});
const claim = object('PersistentVolumeClaim');
const volume = object('PersistentVolume', { spec: { claimRef: { namespace: 'devreg', name: 'a' } } });
const objects = [object('Deployment'), claim, object('Service'), volume, object('Namespace')];

it('applies what others need first, what makes pods last, and each once volumes and claims are settled', async () => {
  const api = openMemoryKubeApi();
  const stop = AbortSignal.timeout(5_000);
  const kinds = () => api.changes.map((change) => change.split(' ')[1]);
  const appearing = async ({ metadata, kind }: KubeObject) => {
    for await (const seen of api.watch({ ...metadata, apiVersion: 'v1', kind }, stop)) if (seen !== undefined) return;
  };
  const applied = applyAll(api, objects, stop);
  await appearing(volume);
  expect(new Set(kinds())).toEqual(new Set(['Namespace', 'PersistentVolume']));
  api.put({ ...volume, status: { phase: 'Pending' } });
  api.put({ ...volume, status: { phase: 'Available' } });
  await appearing(claim);
  expect(kinds().slice(2)).toEqual(['PersistentVolumeClaim', 'Service']);
  api.put({ ...claim, status: { phase: 'Pending' } });
  api.put({ ...claim, status: { phase: 'Bound' } });
  await applied;
  expect(api.changes.at(-1)).toBe('apply Deployment devreg/a');
});

it('does not wait for claims that something else makes a volume for', async () => {
  const api = openMemoryKubeApi();
  const dynamic = object('PersistentVolumeClaim', { spec: { storageClassName: 'standard' } });
  await applyAll(api, [dynamic, object('Deployment')], AbortSignal.timeout(5_000));
  expect(api.changes).toHaveLength(2);
});

it('ends with the reason of its signal', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const applied = applyAll(openMemoryKubeApi(), objects, stop.signal);
  stop.abort(reason);
  await expect(applied).rejects.toBe(reason);
});
