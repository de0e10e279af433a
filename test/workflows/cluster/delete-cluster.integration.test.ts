/** The recipe that deletes a cluster: exactly what create wrote goes, and images only when asked for. */
import { rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deleteCluster } from '../../../src/workflows/cluster/delete-cluster.ts';
import { RECORD } from '../../state/sample-record.ts';
import { HOSTS, type Workshop, openWorkshop } from './workshop.ts';

const remove = (shop: Workshop, { name = 'dev', volumes = false } = {}) =>
  deleteCluster({ name, volumes }, { ...shop.ports, clusters: shop.machine.clusters });

describe('delete', () => {
  it('takes back cluster, trust, names and certificate; credentials stay', async () => {
    await using shop = await openWorkshop({ resolving: () => false, mayWriteHosts: true });
    await shop.create();
    const credentials = await shop.ports.credentials.find('dev');
    expect(await remove(shop)).toEqual({ name: 'dev', existed: true, keptData: undefined, removedData: undefined });
    expect(await shop.machine.clusters.list()).toEqual([]);
    expect(await shop.hosts()).toBe(HOSTS);
    expect(Object.keys(await shop.tree())).toEqual([
      '.local/state/devreg/registries/dev',
      '.local/state/devreg/registries/dev/password',
      '.local/state/devreg/registries/dev/token',
    ]);
    await shop.create();
    expect(await shop.ports.credentials.find('dev')).toEqual(credentials);
  });

  it('with --volumes leaves nothing', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    await remove(shop, { volumes: true });
    expect(Object.keys(await shop.tree())).toEqual([]);
  });

  it('leaves what other clusters have', async () => {
    await using shop = await openWorkshop({ resolving: () => false, mayWriteHosts: true });
    await shop.create();
    const hosts = await shop.hosts();
    const tree = await shop.tree();
    await shop.create({}, { name: 'other' });
    await remove(shop, { name: 'other', volumes: true });
    expect(await shop.hosts()).toBe(hosts);
    expect(await shop.tree()).toEqual(tree);
    expect(await shop.machine.clusters.list()).toEqual(['dev']);
  });

  it('is fine with a cluster whose nodes are gone, and with none at all', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    await shop.machine.lose('dev');
    expect(await remove(shop, { volumes: true })).toMatchObject({ existed: true });
    expect(await remove(shop)).toMatchObject({ existed: false });
    expect(Object.keys(await shop.tree())).toEqual([]);
  });

  it('never touches a cluster of somebody else’s, nor a process', async () => {
    await using shop = await openWorkshop({ foreign: ['dev'] });
    expect(await remove(shop)).toMatchObject({ existed: false });
    await shop.ports.records.save({ ...RECORD, name: 'alone' });
    expect(await remove(shop, { name: 'alone' })).toMatchObject({ existed: false });
    expect(await shop.ports.records.find('alone')).toBeDefined();
    expect(await shop.machine.clusters.list()).toEqual(['dev']);
    expect(shop.events).not.toContain('remove dev');
  });

  it('says what it cannot take out of the hosts file, and goes on', async () => {
    await using shop = await openWorkshop({ resolving: () => false, mayWriteHosts: true });
    const { record } = await shop.create();
    // A folder in its place is refused to everybody, root included.
    await mkdir(join(shop.root, 'blocked'));
    await shop.ports.records.save({ ...record, hostsFile: join(shop.root, 'blocked') });
    expect(await remove(shop)).toMatchObject({ existed: true });
    expect(shop.said).toContainEqual(
      expect.stringMatching(/^warning: Cannot read .*blocked: a folder is in its place/),
    );
    expect(await shop.ports.records.find('dev')).toBeUndefined();
  });

  it('can be repeated when it failed half-way', async () => {
    await using shop = await openWorkshop();
    await shop.create();
    shop.onEvent = (event) => {
      if (event === 'forget dev') throw new Error('the disk is full');
    };
    await expect(remove(shop)).rejects.toThrow('the disk is full');
    shop.onEvent = () => {};
    expect(await remove(shop)).toMatchObject({ existed: true });
    expect(await shop.ports.records.find('dev')).toBeUndefined();
  });
});

describe('images in a folder of this machine', () => {
  async function withData(shop: Workshop): Promise<string> {
    const dataDir = join(shop.root, 'data');
    await mkdir(dataDir);
    await shop.create({ dataDir });
    await writeFile(join(dataDir, 'image'), 'content');
    return dataDir;
  }

  it('stay, which is told', async () => {
    await using shop = await openWorkshop();
    const dataDir = await withData(shop);
    expect(await remove(shop)).toMatchObject({ keptData: dataDir, removedData: undefined });
    expect(shop.machine.engine.execs.map(({ command }) => command[0])).not.toContain('find');
  });

  it('go with --volumes, by the node that may, before it goes itself', async () => {
    await using shop = await openWorkshop();
    const dataDir = await withData(shop);
    // What the command does in a real node.
    shop.onEvent = (event) => {
      if (event === 'find on dev-control-plane') rmSync(join(dataDir, 'image'));
    };
    expect(await remove(shop, { volumes: true })).toMatchObject({ keptData: undefined, removedData: dataDir });
    const command = shop.machine.engine.execs.at(-1)?.command.join(' ') ?? '';
    expect(command).toMatch(
      /^find \/var\/lib\/devreg\/data -mindepth 1 -maxdepth 1 \( -name blobs -o .*-exec rm -rf {} \+$/,
    );
    for (const name of ['repositories', 'metadata.db*', 'lock']) expect(command).toContain(` -name ${name} `);
    expect(shop.events.indexOf('find on dev-control-plane')).toBeLessThan(shop.events.indexOf('remove dev'));
  });

  it('that no node can remove any more are not said to be gone', async () => {
    await using shop = await openWorkshop();
    const dataDir = await withData(shop);
    await shop.machine.setRunning('dev', false);
    expect(await remove(shop, { volumes: true })).toMatchObject({ keptData: dataDir, removedData: undefined });
    expect(shop.said).toContainEqual(expect.stringContaining(`could remove the images in ${dataDir}, so they stay.`));
  });
});
