/** What `create --dry-run` shows. */
import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { WantedCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { showCluster } from '../../../src/workflows/cluster/show-cluster.ts';
import { CLUSTER_RECORD, RECORD } from '../../state/sample-record.ts';
import { openWorkshop } from './workshop.ts';

const progress = {
  step: async <T>(_title: string, work: () => Promise<T>) => work(),
  detail: () => {},
  note: () => {},
  warn: () => {},
};
const SHOWN = { version: '1.2.3', progress };

async function show(wanted: WantedCluster = {}, before?: Parameters<typeof showCluster>[2]) {
  const text = await showCluster('dev', wanted, before, SHOWN);
  return { text, objects: parseAllDocuments(text).map((document) => document.toJS()) };
}

describe('what would be made', () => {
  it('is the configuration, then the objects in their order', async () => {
    const { objects } = await show({ workers: 1 });
    expect(objects[0]).toMatchObject({ kind: 'Cluster', name: 'dev' });
    expect(objects[0].nodes).toHaveLength(2);
    expect(objects[1]).toMatchObject({ kind: 'Namespace', metadata: { name: 'devreg' } });
    const deployments = objects.filter(({ kind }) => kind === 'Deployment');
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual(['registry', 'traefik']);
    expect(deployments[0].spec.template.spec.containers[0].image).toBe('localhost/devreg-registry:1.2.3');
  });

  it('has words where secrets would be', async () => {
    const { objects } = await show();
    const secrets = objects.filter(({ kind }) => kind === 'Secret');
    const texts = secrets.flatMap(({ data }) => Object.values(data as Record<string, string>)).map(decode);
    expect(texts.toSorted()).toEqual(['<certificate>', '<key>', '<password>', '<token>', 'giteaAdmin']);
  });

  it('has no certificate without TLS, and no ingress where none is wanted', async () => {
    const { objects, text } = await show({ tls: 'off', ingress: 'none' });
    expect(objects.filter(({ kind }) => ['Ingress', 'IngressClass'].includes(kind))).toEqual([]);
    expect(text).not.toContain('registry-tls');
  });

  it('is what a cluster that is there would be brought to', async () => {
    const { objects } = await show(
      { host: 'other.localtest.me' },
      { ...CLUSTER_RECORD, settings: { ...CLUSTER_RECORD.settings, kindConfig: undefined } },
    );
    expect(objects[0].nodes).toHaveLength(3);
    expect(JSON.stringify(objects)).toContain('other.localtest.me');
    expect(JSON.stringify(objects)).toContain('registry:2');
  });

  it('is refused for the name of a process', async () => {
    await expect(show({}, RECORD)).rejects.toMatchObject({ code: 'PROVIDER_FIXED' });
  });
});

it('nothing of a cluster that is there leaks into it', async () => {
  await using shop = await openWorkshop();
  const { record } = await shop.create();
  const { password = '', token = '' } = (await shop.ports.credentials.find('dev')) ?? {};
  const { text } = await show({}, record);
  for (const secret of [password, token]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
  }
  expect(text).not.toContain('PRIVATE KEY');
});

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString();
}
