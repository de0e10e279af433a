/** Clusters that are stopped and started, by devreg and behind its back. */
import { describe, expect, it } from 'vitest';
import { RECORD } from '../../state/sample-record.ts';
import { stopCluster } from '../../../src/workflows/cluster/stop-cluster.ts';
import { expectOrder } from './expect-order.ts';
import { type Workshop, openWorkshop } from './workshop.ts';

const stop = (shop: Workshop) => stopCluster('dev', shop.ports);
const start = (shop: Workshop) => shop.create({}, { mustExist: true });

describe('stopped', () => {
  it('the registry ends before its node, and all stays', async () => {
    await using shop = await openWorkshop();
    const { record } = await shop.create({ workers: 1 });
    const tree = await shop.tree();
    shop.events.length = 0;
    expect(await stop(shop)).toEqual({ record, outcome: 'stopped' });
    expectOrder(shop.events, 'drain dev-control-plane', 'stop dev');
    expect(shop.events).not.toContain('drain dev-worker');
    expect((await shop.machine.clusters.listNodes('dev')).map(({ isRunning }) => isRunning)).toEqual([false, false]);
    expect(await shop.tree()).toEqual(tree);
  });

  it('a second time nothing is done', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    await stop(shop);
    shop.events.length = 0;
    expect((await stop(shop)).outcome).toBe('kept');
    expect(shop.events).toEqual([]);
  });

  it('also when the registry cannot be asked to end, which is said', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    shop.onEvent = (event) => {
      if (event.startsWith('drain')) throw new Error('no systemctl');
    };
    expect((await stop(shop)).outcome).toBe('stopped');
    expect(shop.said.join()).toMatch(/warning: The registry could not be asked to end .*no systemctl/);
  });

  it.each(['nothing', 'a process'])('is not what %s can be', async (what) => {
    await using shop = await openWorkshop();
    if (what === 'a process') await shop.ports.records.save({ ...RECORD, name: 'dev' });
    const code = what === 'a process' ? 'PROVIDER_FIXED' : 'REGISTRY_NOT_FOUND';
    await expect(stop(shop)).rejects.toMatchObject({ code });
    await expect(start(shop)).rejects.toMatchObject({ code });
  });
});

describe.each([
  ['start', start],
  ['create', (shop: Workshop) => shop.create()],
])('%s', (_command, again) => {
  it('starts the nodes, and mends everything', async () => {
    await using shop = await openWorkshop();
    const first = await shop.create({ workers: 1 });
    await stop(shop);
    shop.events.length = 0;
    expect(await again(shop)).toMatchObject({ outcome: 'started', record: first.record });
    expect(shop.events.filter((event) => event.startsWith('start'))).toEqual(['start dev']);
    for (const node of ['dev-control-plane', 'dev-worker']) expectOrder(shop.events, 'start dev', `trust on ${node}`);
    expectOrder(shop.events, 'start dev', 'apply Secret registry-tls', 'apply Deployment registry');
    expect(shop.events.filter((event) => /^(?:create|remove|import|export)/.test(event))).toEqual([]);
  });

  it('goes on with one that runs', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    shop.events.length = 0;
    expect((await again(shop)).outcome).toBe('kept');
    expect(shop.events).not.toContain('start dev');
  });

  it('says who has the port that it had, and starts nothing', async () => {
    await using shop = await openWorkshop({ holder: 'the program squatter' });
    const { record } = await shop.create();
    await stop(shop);
    await shop.machine.doors.open(record.settings.port, undefined);
    shop.events.length = 0;
    await expect(again(shop)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `Port ${record.settings.port} is in use by the program squatter.`,
    });
    expect(shop.events).toEqual([]);
  });
});

describe('start makes nothing', () => {
  it('of one whose nodes are gone', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    await shop.machine.lose('dev');
    shop.events.length = 0;
    await expect(start(shop)).rejects.toMatchObject({
      code: 'CLUSTER_GONE',
      message: 'The cluster dev has no nodes any more.',
      hint: expect.stringContaining('devreg create --name dev'),
    });
    expect(shop.events).toEqual([]);
  });

  it('of one that was never finished', async () => {
    await using shop = await openWorkshop();
    const { record } = await shop.create();
    await shop.ports.records.save({ ...record, stage: 'creating' });
    await expect(start(shop)).rejects.toMatchObject({ message: 'The cluster dev was never finished.' });
  });
});
