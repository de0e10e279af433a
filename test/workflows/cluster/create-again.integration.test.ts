/** The recipe that makes a cluster, when there is something of that name already. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeCluster } from '../../../src/workflows/cluster/remove-cluster.ts';
import { RECORD } from '../../state/sample-record.ts';
import { expectOrder } from './expect-order.ts';
import { openWorkshop } from './workshop.ts';

const CERTS = '.config/containers/certs.d';

describe('a second time', () => {
  it('keeps everything and applies it again', async () => {
    await using shop = await openWorkshop();
    const first = await shop.create();
    const tree = await shop.tree();
    const applied = shop.events.filter((event) => event.startsWith('apply')).toSorted();
    shop.events.length = 0;
    const second = await shop.create();
    expect(second).toMatchObject({ outcome: 'kept', record: first.record });
    expect(await shop.tree()).toEqual(tree);
    expect(shop.events.filter((event) => event.startsWith('apply')).toSorted()).toEqual(applied);
    expect(shop.events).toContain('trust on dev-control-plane');
    expect(shop.events.filter((event) => /^(?:create|remove|import|export|save creating)/.test(event))).toEqual([]);
  });

  it('takes over what may change, in trust and names', async () => {
    await using shop = await openWorkshop();
    const first = await shop.create();
    const { record } = await shop.create({ host: 'images.localtest.me', user: 'somebody' });
    const { port } = first.record.settings;
    expect(record.settings).toMatchObject({ host: 'images.localtest.me', user: 'somebody', port });
    expect(shop.machine.doors.login).toMatch(/^somebody:/);
    const certs = Object.keys(await shop.tree()).filter(
      (name) => name.startsWith(`${CERTS}/`) && name.endsWith('.crt'),
    );
    expect(certs.map((name) => name.split('/').at(-2))).toEqual(
      [`images.localtest.me:${port}`, `localhost:${record.settings.registryPort}`].toSorted(),
    );
  });

  it('draws a new password when asked, and the cluster has it', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    const before = await shop.ports.credentials.find('dev');
    await shop.create({}, { rotatePassword: true });
    const after = await shop.ports.credentials.find('dev');
    expect(after?.password).not.toBe(before?.password);
    expect(shop.machine.doors.login).toBe(`giteaAdmin:${after?.password}`);
  });

  it('makes it anew with --recreate: settings and password stay', async () => {
    await using shop = await openWorkshop();
    const first = await shop.create({ user: 'me' });
    const before = await shop.ports.credentials.find('dev');
    shop.events.length = 0;
    const { outcome, record } = await shop.create({ workers: 1 }, { recreate: true });
    expect(outcome).toBe('recreated');
    expect(record.settings).toEqual({ ...first.record.settings, workers: 1 });
    expect(await shop.ports.credentials.find('dev')).toEqual(before);
    expectOrder(shop.events, 'remove dev', 'save creating', 'create dev', 'save ready');
  });

  it('refuses what a cluster to be made anew cannot be before the one that is there goes', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    const tree = await shop.tree();
    shop.events.length = 0;
    for (const wanted of [
      { kindConfig: { source: 'mine.yaml', text: 'nodes: [' } },
      { host: 'registry.example.com' },
      { extraPorts: ['80:1', '80:2'] },
    ])
      await expect(shop.create(wanted, { recreate: true })).rejects.toMatchObject({ kind: 'usage' });
    expect(shop.events).not.toContain('remove dev');
    expect(await shop.machine.clusters.list()).toEqual(['dev']);
    expect((await shop.tree())['.local/state/devreg/registries/dev/record.json']).toBe(
      tree['.local/state/devreg/registries/dev/record.json'],
    );
  });

  it('makes a cluster anew whose nodes are gone, with its old settings and nothing forgotten', async () => {
    await using shop = await openWorkshop({ resolving: () => false, mayWriteHosts: true });
    const first = await shop.create({ workers: 1, user: 'me' });
    await shop.machine.lose('dev');
    const { outcome, record } = await shop.create();
    expect(outcome).toBe('recreated');
    expect(record).toEqual({ ...first.record });
    expect(record.trusted).toHaveLength(2);
    expect(record.hostsFile).toBe(shop.ports.hostsFile);
  });

  it('keeps the names in the hosts file, and asks nobody again, when it is made anew', async () => {
    let asks = 0;
    await using shop = await openWorkshop({ resolving: () => asks > 0, mayWriteHosts: true });
    await shop.create();
    asks = 1;
    const hosts = await shop.hosts();
    const { record } = await shop.create({}, { recreate: true });
    expect(hosts).toContain('# devreg dev');
    expect(await shop.hosts()).toBe(hosts);
    expect(record.hostsFile).toBe(shop.ports.hostsFile);
    expect(shop.asked.filter((question) => question.startsWith('hosts'))).toHaveLength(1);
  });

  it('clears away what an interrupted one left, and makes it anew', async () => {
    await using shop = await openWorkshop();
    const { record } = await shop.create();
    await shop.ports.records.save({ ...record, stage: 'creating' });
    shop.events.length = 0;
    expect((await shop.create()).outcome).toBe('recreated');
    expectOrder(shop.events, 'remove dev', 'create dev', 'save ready');
  });
});

describe('a name that is taken', () => {
  it('by a cluster of somebody else’s is refused, which stays', async () => {
    await using shop = await openWorkshop({ foreign: ['dev'] });
    for (const recreate of [false, true])
      await expect(shop.create({}, { recreate })).rejects.toMatchObject({ kind: 'conflict', code: 'CLUSTER_FOREIGN' });
    expect(shop.events).toEqual([]);
    expect(await shop.tree()).toEqual({});
    expect(await shop.machine.clusters.list()).toEqual(['dev']);
  });

  it('by a process is refused', async () => {
    await using shop = await openWorkshop();
    await shop.ports.records.save({ ...RECORD, name: 'dev' });
    await expect(shop.create()).rejects.toMatchObject({ code: 'PROVIDER_FIXED' });
  });
});

it('two clusters have nothing of each other’s', async () => {
  await using shop = await openWorkshop();
  await shop.create();
  const second = await shop.create({ host: 'other.localtest.me' }, { name: 'other' });
  expect(second.outcome).toBe('created');
  expect(await shop.machine.clusters.list()).toEqual(['dev', 'other']);
  expect(await readFile(join(shop.home, '.local/state/devreg/registries/dev/record.json'), 'utf8')).not.toContain(
    'other.localtest.me',
  );
});

describe('a claim that shall grow', () => {
  const wanted = { storageClass: 'fast', storageSize: '20Gi' } as const;
  const storageClass = (allowVolumeExpansion: boolean) => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'fast' },
    allowVolumeExpansion,
  });

  it('does where its class lets it', async () => {
    await using shop = await openWorkshop();
    await shop.create({ storageClass: 'fast' });
    shop.machine.apiOf('dev').put(storageClass(true));
    expect((await shop.create(wanted)).record.settings.storageSize).toBe('20Gi');
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'devreg', name: 'registry-data' };
    expect(JSON.stringify(await shop.machine.apiOf('dev').get(claim))).toContain('"storage":"20Gi"');
  });

  it('is told what it needs where not, and nothing is touched', async () => {
    await using shop = await openWorkshop();
    await shop.create({ storageClass: 'fast' });
    shop.machine.apiOf('dev').put(storageClass(false));
    shop.events.length = 0;
    await expect(shop.create(wanted)).rejects.toMatchObject({
      code: 'CLUSTER_DRIFT',
      message: 'The cluster dev cannot be changed like that in place: --storage-size 10Gi → 20Gi.',
    });
    expect(shop.events).toEqual([]);
  });
});

describe('what kubectl is about', () => {
  it('is the cluster when it is made, and what it was before when it goes', async () => {
    await using shop = await openWorkshop();
    const { contexts } = shop.machine;
    contexts.known.add('mine');
    contexts.chosen = 'mine';
    const { record } = await shop.create();
    expect([record.formerContext, contexts.chosen]).toEqual(['mine', 'kind-dev']);
    await shop.create({}, { recreate: true });
    expect((await shop.ports.records.find('dev'))?.provider).toBe('kind');
    await removeCluster((await shop.create()).record, shop.ports);
    expect(contexts.chosen).toBe('mine');
  });

  it('stays when the user has chosen something else since', async () => {
    await using shop = await openWorkshop();
    const { contexts } = shop.machine;
    contexts.known.add('mine').add('other');
    contexts.chosen = 'mine';
    const { record } = await shop.create();
    contexts.chosen = 'other';
    await removeCluster(record, shop.ports);
    expect(contexts.chosen).toBe('other');
  });

  it('stays when the cluster is put back into a kubeconfig that lost it', async () => {
    await using shop = await openWorkshop();
    const { contexts } = shop.machine;
    await shop.create();
    contexts.known.clear();
    contexts.known.add('mine');
    contexts.chosen = 'mine';
    await shop.create();
    expect([...contexts.known]).toEqual(['mine', 'kind-dev']);
    expect(contexts.chosen).toBe('mine');
  });
});
