import { beforeEach, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/kube-api.ts';
import type { Manifest } from '../../../src/rendering/objects.ts';
import { compareObjects, expectedObjects, readWorkloads } from '../../../src/workflows/doctor/cluster-objects.ts';
import { CLUSTER_RECORD } from '../../state/sample-record.ts';
import { type MemoryKubeApi, openMemoryKubeApi } from '../../support/fakes/memory-kube-api.ts';

const FACTS = {
  record: CLUSTER_RECORD,
  clusterIP: '10.96.0.50',
  podSubnets: ['10.244.0.0/16'],
  authority: 'the authority',
  version: '1.0.0',
};

let api: MemoryKubeApi;
let expected: Manifest[];

beforeEach(async () => {
  api = openMemoryKubeApi();
  expected = await expectedObjects(FACTS);
  for (const object of expected) await api.apply(object);
});

const drifted = async () => (await compareObjects(api, expected)).filter(({ drift }) => drift !== undefined);

function find(kind: string, name: string): KubeObject {
  const found = expected.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return found;
}

describe('objects', () => {
  it('are right as they are applied, whatever else stands in them', async () => {
    expect(expected.length).toBeGreaterThan(12);
    expect(await drifted()).toEqual([]);
    const service = find('Service', 'registry');
    api.put({ ...service, spec: { ...(service['spec'] as object), sessionAffinity: 'None' } });
    expect(await drifted()).toEqual([]);
  });

  it('that are gone are told', async () => {
    const { apiVersion, kind } = find('ConfigMap', 'local-registry-hosting');
    await api.remove({ apiVersion, kind, name: 'local-registry-hosting', namespace: 'kube-public' });
    expect(await drifted()).toEqual([{ object: 'ConfigMap kube-public/local-registry-hosting', drift: 'missing' }]);
  });

  it('that were changed are told with the fields', async () => {
    const service = find('Service', 'registry');
    api.put({ ...service, spec: { ...(service['spec'] as object), clusterIP: '10.96.0.51' } });
    const config = find('ConfigMap', 'devreg-ca');
    api.put({ ...config, data: { 'ca.crt': 'another' } });
    expect((await drifted()).map(({ drift }) => drift)).toEqual([['data.ca.crt'], ['spec.clusterIP']]);
  });

  it('that others may change are only to be there', async () => {
    const workload = find('Deployment', 'registry');
    api.put({ ...workload, spec: { ...(workload['spec'] as object), replicas: 3 } });
    const secret = find('Secret', 'registry-tls');
    api.put({ ...secret, data: { 'tls.crt': 'real' } });
    const config = find('ConfigMap', 'traefik');
    api.put({ ...config, data: {} });
    expect(await drifted()).toEqual([]);
  });
});

describe('workloads', () => {
  const UP = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  const up = (name: string) => {
    const object = find('Deployment', name);
    return { ...object, metadata: { ...object.metadata, generation: 1 }, status: UP };
  };

  it('that are up', async () => {
    api.put(up('registry'));
    api.put(up('traefik'));
    expect(await readWorkloads(api, expected)).toEqual([
      { name: 'registry', trouble: undefined },
      { name: 'traefik', trouble: undefined },
    ]);
  });

  it('that were scaled to nothing, or have no pods', async () => {
    const registry = up('registry');
    api.put({ ...registry, spec: { ...((registry as KubeObject)['spec'] as object), replicas: 0 } });
    api.put({ ...up('traefik'), status: { ...UP, availableReplicas: 0 } });
    expect(await readWorkloads(api, expected)).toEqual([
      { name: 'registry', trouble: 'it was scaled to 0' },
      { name: 'traefik', trouble: 'it has no pods yet' },
    ]);
  });
});
