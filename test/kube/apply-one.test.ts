/** Objects that cannot simply be applied over those that are there. */
import { describe, expect, it } from 'vitest';
import { applyOne } from '../../src/kube/apply-one.ts';
import { compareObject } from '../../src/kube/compare-objects.ts';
import type { KubeObject } from '../../src/kube/kube-api.ts';
import { openMemoryKubeApi } from '../support/fakes/memory-kube-api.ts';

const soon = () => AbortSignal.timeout(5_000);

const IMMUTABLE = 'The cluster refused to apply it: spec.clusterIPs[0]: Invalid value: may not change once set.';

function newObject(kind: string, fields: object = {}): KubeObject {
  const metadata = { name: 'a', ...(kind === 'Namespace' ? {} : { namespace: 'devreg' }) };
  return { apiVersion: 'v1', kind, metadata, ...fields };
}

const service = (clusterIP: string) => newObject('Service', { spec: { clusterIP } });

describe('an object that cannot be changed like that', () => {
  it('is made anew', async () => {
    const api = openMemoryKubeApi();
    api.put(service('10.96.0.7'));
    api.refusal = (_object, found) => (found === undefined ? undefined : IMMUTABLE);
    await applyOne(api, service('10.96.0.50'), soon());
    expect(api.changes.map((change) => change.split(' ')[0])).toEqual(['apply', 'remove', 'apply']);
    expect(await api.get({ apiVersion: 'v1', kind: 'Service', namespace: 'devreg', name: 'a' })).toMatchObject({
      spec: { clusterIP: '10.96.0.50' },
    });
  });

  it.each(['PersistentVolumeClaim', 'PersistentVolume', 'Namespace', 'CustomResourceDefinition'])(
    'stays when it is a %s, which has data',
    async (kind) => {
      const api = openMemoryKubeApi();
      api.put(newObject(kind));
      api.refusal = () => IMMUTABLE;
      await expect(applyOne(api, newObject(kind, { spec: {} }), soon())).rejects.toThrow(IMMUTABLE);
      expect(api.changes).not.toContainEqual(expect.stringMatching(/^remove/));
      expect(await compareObject(api, newObject(kind, { spec: {} }))).toEqual({ state: 'fixed', detail: IMMUTABLE });
    },
  );

  it('is left alone when it is refused for another reason', async () => {
    const api = openMemoryKubeApi();
    api.put(service('10.96.0.7'));
    api.refusal = () => 'The cluster refused to apply it: exceeded quota.';
    await expect(applyOne(api, service('10.96.0.50'), soon())).rejects.toThrow('exceeded quota');
    expect(api.changes).toHaveLength(1);
  });
});

it('waits for a namespace that is going', async () => {
  const api = openMemoryKubeApi();
  const namespace = newObject('Namespace');
  const going = Object.assign({ name: 'a' }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
  api.put({ ...namespace, metadata: going });
  const applied = applyOne(api, namespace, soon());
  await new Promise<void>((resolve) => void setImmediate(resolve));
  expect(api.changes).toEqual([]);
  await api.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'a' });
  await applied;
  expect(api.changes.at(-1)).toBe('apply Namespace a');
});

it('frees a volume whose claim is gone, and leaves one that is bound', async () => {
  const volume = newObject('PersistentVolume', { spec: { claimRef: { name: 'data' } } });
  for (const phase of ['Released', 'Bound']) {
    const api = openMemoryKubeApi();
    api.put({ ...volume, spec: { claimRef: { name: 'data', uid: '1', resourceVersion: '2' } }, status: { phase } });
    await applyOne(api, volume, soon());
    const found = await api.get({ apiVersion: 'v1', kind: 'PersistentVolume', namespace: 'devreg', name: 'a' });
    const claim = phase === 'Released' ? { name: 'data' } : { name: 'data', uid: '1', resourceVersion: '2' };
    expect(found?.['spec']).toEqual({ claimRef: claim });
  }
});

describe('a comparison', () => {
  it('finds items of lists by their names, and tells only so many changes', async () => {
    const api = openMemoryKubeApi();
    const env = (value: string) => [...'abcdef'].map((name) => ({ name, value }));
    api.put(newObject('ConfigMap', { env: env('1').toReversed() }));
    expect(await compareObject(api, newObject('ConfigMap', { env: env('2') }))).toEqual({
      state: 'patch',
      detail: 'env.f.value "1" → "2"; env.e.value "1" → "2"; env.d.value "1" → "2"; env.c.value "1" → "2"; and 2 more',
    });
    expect(api.changes).toEqual([]);
  });

  it('does not tell long texts', async () => {
    const api = openMemoryKubeApi();
    api.put(newObject('ConfigMap', { data: { a: 'x'.repeat(100) } }));
    expect((await compareObject(api, newObject('ConfigMap', { data: { a: 'y' } }))).detail).toBe('data.a');
  });
});
