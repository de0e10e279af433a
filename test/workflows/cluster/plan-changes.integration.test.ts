/** What `create` would change, as it is told before; the machine is in memory, the user's files are real. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { issueLeaf } from '../../../src/certs/leaf.ts';
import { pairFilesIn, readPair, replaceCertificate } from '../../../src/certs/pair-files.ts';
import type { WantedCluster } from '../../../src/workflows/cluster/cluster-settings.ts';
import { type PlanRequest, planCreate } from '../../../src/workflows/cluster/plan-changes.ts';
import { HOSTS, type Workshop, type WorkshopOptions, openWorkshop } from './workshop.ts';

/** A machine with a cluster, whose events begin now. */
async function openMade(options?: WorkshopOptions, wanted: WantedCluster = {}): Promise<Workshop> {
  const shop = await openWorkshop(options);
  await shop.create(wanted);
  shop.events.length = 0;
  return shop;
}

const plan = (shop: Workshop, wanted: WantedCluster = {}, more: Partial<PlanRequest & { recreate: boolean }> = {}) =>
  planCreate({ name: 'dev', wanted, rotatePassword: false, password: undefined, recreate: false, ...more }, shop.ports);

const differing = async (...args: Parameters<typeof plan>) =>
  (await plan(...args))?.filter(({ state }) => state !== 'same');

const api = (shop: Workshop) => shop.machine.apiOf('dev');
const inDevreg = (kind: string, name: string, apiVersion = 'v1') => ({ apiVersion, kind, namespace: 'devreg', name });

it('is that everything stays the same, and nothing is touched', async () => {
  await using shop = await openMade();
  const [tree, hosts, changes] = [await shop.tree(), await shop.hosts(), [...api(shop).changes]];
  const parts = (await plan(shop)) ?? [];
  expect(parts.filter(({ state }) => state !== 'same')).toEqual([]);
  for (const part of ['nodes', 'credentials', 'certificate', 'trust of dev-control-plane', 'names in CoreDNS'])
    expect(parts).toContainEqual({ part, state: 'same', detail: '' });
  for (const part of ['Namespace devreg', 'Secret devreg/registry-tls', 'Deployment devreg/registry'])
    expect(parts).toContainEqual({ part, state: 'same', detail: '' });
  expect([await shop.tree(), await shop.hosts(), api(shop).changes]).toEqual([tree, hosts, changes]);
  expect(hosts).toBe(HOSTS);
  expect(shop.events).toEqual(['resolve registry.localtest.me', 'assemble the image', 'trust on dev-control-plane']);
});

it('tells objects that are gone or changed, and of secrets no value', async () => {
  await using shop = await openMade();
  await api(shop).remove(inDevreg('Service', 'registry'));
  await api(shop).patch(inDevreg('Deployment', 'registry', 'apps/v1'), { spec: { replicas: 0 } });
  await api(shop).patch(inDevreg('Secret', 'registry-credential'), { data: { password: 'Z3Vlc3M=' } });
  expect(await differing(shop)).toEqual([
    { part: 'Secret devreg/registry-credential', state: 'patch', detail: 'data.password' },
    { part: 'Service devreg/registry', state: 'patch', detail: 'is not there' },
    { part: 'Deployment devreg/registry', state: 'patch', detail: 'spec.replicas 0 → 1' },
  ]);
});

it('tells what nodes and CoreDNS would be told', async () => {
  const trustOutput = 'written localhost:5001\nremoved old.test\nauthority /ca\nconflict /etc/x\n';
  await using shop = await openMade({ trustOutput });
  await api(shop).patch(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' },
    {
      data: { Corefile: '.:53 {\n}\n' },
    },
  );
  expect(await differing(shop)).toEqual([
    {
      part: 'trust of dev-control-plane',
      state: 'patch',
      detail:
        'hosts.toml of localhost:5001 is written; hosts.toml of old.test is removed; the CA is written; ' +
        '/etc/x is not from devreg and stays',
    },
    { part: 'names in CoreDNS', state: 'patch', detail: 'are not as they should be' },
  ]);
});

it('tells names for the hosts file where they are wanted there, and writes none', async () => {
  let isLost = false;
  const resolving = () => !isLost;
  await using shop = await openMade({ resolving });
  isLost = true;
  expect(await differing(shop)).toEqual([]);
  const wanting = { ...shop, ports: { ...shop.ports, mayWriteHosts: async () => true } };
  const part = {
    part: 'names on this machine',
    state: 'patch',
    detail: `registry.localtest.me into ${shop.ports.hostsFile}`,
  };
  expect(await differing(wanting)).toEqual([part]);
  await shop.machine.setRunning('dev', false);
  expect(await differing(wanting)).toContainEqual(part);
  expect(await shop.hosts()).toBe(HOSTS);
});

it('tells what is asked for anew, and draws nothing that stays', async () => {
  await using shop = await openMade();
  const before = await shop.ports.credentials.find('dev');
  const parts = await differing(shop, { aliases: ['more.localtest.me'], user: 'me' }, { rotatePassword: true });
  const details = Object.fromEntries((parts ?? []).map(({ part, detail }) => [part, detail]));
  expect(details).toMatchObject({
    credentials: 'new ones',
    certificate: 'lacks a name: issued anew',
    'Secret devreg/registry-credential': 'data.username; data.password; data.token',
    'Ingress devreg/registry': expect.stringContaining('spec.rules.1'),
  });
  expect(await shop.ports.credentials.find('dev')).toEqual(before);
  expect(JSON.stringify(parts)).not.toContain(before?.password);
});

it('tells what only a new cluster can have, by how it is and how it shall be, and what else there is besides', async () => {
  await using shop = await openMade();
  const { record } = await shop.create();
  const { port } = record.settings;
  const parts = await differing(shop, { port: port + 1, workers: 2, storageSize: '20Gi', user: 'me' });
  expect(parts?.slice(0, 3)).toEqual([
    { part: 'option --port', state: 'needs recreate', detail: `${port} → ${port + 1}` },
    { part: 'option --workers', state: 'needs recreate', detail: '0 → 2' },
    { part: 'option --storage-size', state: 'needs recreate', detail: '10Gi → 20Gi' },
  ]);
  expect(parts?.slice(3).map(({ part }) => part)).toEqual([
    'Secret devreg/registry-credential',
    'Deployment devreg/registry',
  ]);
});

it('tells objects that the cluster does not let change: those with data need a new one', async () => {
  await using shop = await openMade();
  api(shop).refusal = ({ kind }) =>
    kind === 'Service' || kind === 'PersistentVolumeClaim' ? `${kind} is wrong: field is immutable.` : undefined;
  const parts = (await differing(shop)) ?? [];
  expect(parts).toContainEqual({
    part: 'PersistentVolumeClaim devreg/registry-data',
    state: 'needs recreate',
    detail: 'PersistentVolumeClaim is wrong: field is immutable.',
  });
  expect(parts).toContainEqual({
    part: 'Service devreg/registry',
    state: 'patch',
    detail: 'is made anew: Service is wrong: field is immutable.',
  });
});

it('tells a certificate that ends soon, and leaves it', async () => {
  await using shop = await openMade();
  const files = pairFilesIn(join(shop.home, '.local/share/devreg/registries/dev/tls'), 'tls');
  const [leaf, authority] = await Promise.all([
    readPair(files),
    readPair(pairFilesIn(join(shop.home, '.local/share/devreg/ca'), 'ca')),
  ]);
  if (leaf === undefined || authority === undefined) throw new Error('There is no certificate.');
  const names = (leaf.certificate.subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''));
  const now = new Date(Date.now() - 710 * 24 * 60 * 60 * 1000);
  await replaceCertificate(files, (await issueLeaf(authority, { names, now, key: leaf.key })).certificate);
  const tree = await shop.tree();
  expect(await differing(shop)).toContainEqual({
    part: 'certificate',
    state: 'patch',
    detail: 'ends within 30 days: issued anew',
  });
  expect(await shop.tree()).toEqual(tree);
  await rm(files.certificate);
  expect(await differing(shop)).toContainEqual({
    part: 'certificate',
    state: 'patch',
    detail: 'there is none: issued anew',
  });
});

it('is to start a cluster that is stopped, and does not look into it', async () => {
  await using shop = await openMade();
  await shop.machine.setRunning('dev', false);
  expect(await differing(shop)).toEqual([
    {
      part: 'nodes',
      state: 'patch',
      detail: 'dev-control-plane stopped: started, and what is in the cluster is looked at then',
    },
  ]);
  expect(shop.events).toEqual(['resolve registry.localtest.me']);
});

it.each(['none', 'gone', 'unfinished', 'recreate'])('is none where a new one would be made: %s', async (what) => {
  await using shop = await openWorkshop();
  if (what !== 'none') {
    const { record } = await shop.create();
    if (what === 'gone') await shop.machine.lose('dev');
    if (what === 'unfinished') await shop.ports.records.save({ ...record, stage: 'creating' });
  }
  expect(await plan(shop, {}, { recreate: what === 'recreate' })).toBeUndefined();
});

it('refuses what create refuses', async () => {
  await using shop = await openWorkshop({ foreign: ['dev'] });
  await expect(plan(shop)).rejects.toMatchObject({ code: 'CLUSTER_FOREIGN' });
});
