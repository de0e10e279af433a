/** What every KubeApi does, run against each of them. */
import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeApi, KubeObject } from '../../../src/kube/kube-api.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };

/**
 * The facts of a cluster's API.
 * @param open opens it, ready, with the name of a namespace to work in, which is there
 */
export function kubeApiContract(open: () => Promise<{ readonly api: KubeApi; readonly namespace: string }>): void {
  let api: KubeApi;
  let namespace: string;
  beforeAll(async () => void ({ api, namespace } = await open()));

  const newName = () => `it-${randomBytes(6).toString('hex')}`;
  const keyOf = (name: string) => ({ ...CONFIG_MAP, namespace, name });
  const newMap = (name: string, data: Record<string, string>, labels: Record<string, string> = {}): KubeObject => ({
    ...CONFIG_MAP,
    metadata: { name, namespace, labels },
    data,
  });
  const signal = () => AbortSignal.timeout(30_000);
  const versionOf = ({ metadata }: KubeObject) => (metadata as { resourceVersion?: string }).resourceVersion;

  describe('objects', () => {
    it('are absent until they are applied, and again after they are removed', async () => {
      const name = newName();
      await expect(api.get(keyOf(name))).resolves.toBeUndefined();
      const made = await api.apply(newMap(name, { a: '1' }));
      expect(made).toMatchObject({ ...CONFIG_MAP, metadata: { name, namespace }, data: { a: '1' } });
      await expect(api.get(keyOf(name))).resolves.toEqual(made);
      await expect(api.remove(keyOf(name))).resolves.toBe(true);
      await expect(api.get(keyOf(name))).resolves.toBeUndefined();
      await expect(api.remove(keyOf(name))).resolves.toBe(false);
    });

    it('lose what is applied no longer, and keep what others added', async () => {
      const name = newName();
      await api.apply(newMap(name, { mine: '1', gone: '2' }));
      await api.patch(keyOf(name), { data: { others: '3' } });
      const again = await api.apply(newMap(name, { mine: '4' }));
      expect(again['data']).toEqual({ mine: '4', others: '3' });
    });

    it('are taken over from others who set the same field', async () => {
      const name = newName();
      await api.apply(newMap(name, { a: '1' }));
      await api.patch(keyOf(name), { data: { a: '2' } });
      expect((await api.apply(newMap(name, { a: '3' })))['data']).toEqual({ a: '3' });
    });

    it('say when devreg changed them', async () => {
      const name = newName();
      await api.apply(newMap(name, { a: '1' }));
      const { metadata } = await api.patch(keyOf(name), { data: { a: '2' } });
      expect(metadata).toMatchObject({
        managedFields: expect.arrayContaining([expect.objectContaining({ manager: 'devreg' })]),
      });
    });

    it('are refused with a sentence when they are malformed', async () => {
      await expect(api.apply(newMap('Not a Name', {}))).rejects.toMatchObject({ code: 'CLUSTER_REFUSED' });
    });

    it('are patched, where null takes a field away', async () => {
      const name = newName();
      await api.apply(newMap(name, { a: '1', b: '2' }));
      expect((await api.patch(keyOf(name), { data: { a: null, c: '3' } }))['data']).toEqual({ b: '2', c: '3' });
    });

    it('are not patched when they changed since they were read', async () => {
      const name = newName();
      const read = await api.apply(newMap(name, { a: '1' }));
      await api.patch(keyOf(name), { data: { a: '2' } });
      const late = api.patch(keyOf(name), { metadata: { resourceVersion: versionOf(read) }, data: { a: '3' } });
      await expect(late).rejects.toMatchObject({ code: 'CLUSTER_CONFLICT' });
    });

    it('that are absent cannot be patched', async () => {
      await expect(api.patch(keyOf(newName()), { data: {} })).rejects.toMatchObject({ code: 'CLUSTER_REFUSED' });
    });

    it('are listed by label, each with its kind', async () => {
      const [one, other, label] = [newName(), newName(), newName()];
      await Promise.all([api.apply(newMap(one, {}, { [label]: 'x' })), api.apply(newMap(other, {}, { [label]: 'y' }))]);
      const chosen = await api.list({ ...CONFIG_MAP, namespace }, `${label}=x`);
      expect(chosen).toEqual([
        expect.objectContaining({ ...CONFIG_MAP, metadata: expect.objectContaining({ name: one }) }),
      ]);
    });
  });

  describe('a watch', () => {
    it('shows an object as it comes, changes and goes', async () => {
      const name = newName();
      const seen: unknown[] = [];
      for await (const object of api.watch(keyOf(name), signal())) {
        seen.push(object?.['data']);
        if (seen.length === 1) await api.apply(newMap(name, { a: '1' }));
        if (seen.length === 2) await api.patch(keyOf(name), { data: { a: '2' } });
        if (seen.length === 3) await api.remove(keyOf(name));
        if (seen.length === 4) break;
      }
      expect(seen).toEqual([undefined, { a: '1' }, { a: '2' }, undefined]);
    });

    it('ends with the reason of its signal', async () => {
      const stop = new AbortController();
      const reason = new Error('enough');
      const watching = async () => {
        for await (const _ of api.watch(keyOf(newName()), stop.signal)) stop.abort(reason);
      };
      await expect(watching()).rejects.toBe(reason);
      await expect(watching()).rejects.toBe(reason);
    });

    it('of many shows all that are chosen, after every change', async () => {
      const [one, other, label] = [newName(), newName(), newName()];
      const seen: string[][] = [];
      const selection = { ...CONFIG_MAP, namespace, labelSelector: `${label}=x` };
      for await (const objects of api.watchList(selection, signal())) {
        seen.push(objects.map(({ metadata }) => metadata.name));
        if (seen.length === 1) await api.apply(newMap(one, {}, { [label]: 'x' }));
        if (seen.length === 2) await api.apply(newMap(other, {}, { [label]: 'x' }));
        // One that is chosen no longer has gone, for whoever watches.
        if (seen.length === 3) await api.patch(keyOf(one), { metadata: { labels: { [label]: null } } });
        if (seen.length === 4) break;
      }
      expect(seen.map((names) => names.toSorted())).toEqual([[], [one], [one, other].toSorted(), [other]]);
    });
  });

  it('has no log of a pod that is absent', async () => {
    const reading = async () => {
      for await (const _ of api.logs({ namespace, name: newName() }, {}, signal())) expect.unreachable();
    };
    await expect(reading()).rejects.toMatchObject({ code: 'CLUSTER_REFUSED' });
  });
}
