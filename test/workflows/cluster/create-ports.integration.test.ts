/** The recipe that makes a cluster, when a port that it wants is taken. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openWorkshop } from './workshop.ts';

describe('a port that is taken', () => {
  async function take(): Promise<{ readonly port: number } & AsyncDisposable> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) };
  }

  it.each([
    ['port', '--port'],
    ['registryPort', '--registry-port'],
  ] as const)('%s is refused by name before anything is made', async (key, option) => {
    await using taken = await take();
    await using shop = await openWorkshop({ holder: 'the container web' });
    await expect(shop.create({ [key]: taken.port })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'PORT_IN_USE',
      message: `Port ${taken.port} is in use by the container web.`,
      hint: expect.stringContaining(`with devreg create ${option}, or 0 to have one chosen; or end that program`),
    });
    expect(shop.events).toEqual([]);
    expect(Object.keys(await shop.tree())).toEqual([]);
  });

  it('by another cluster of ours is said so', async () => {
    await using shop = await openWorkshop();
    const { record } = await shop.create();
    await expect(shop.create({ port: record.settings.port }, { name: 'other' })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `Port ${record.settings.port} is in use by the registry dev.`,
      hint: expect.stringContaining('devreg delete --name dev'),
    });
  });

  it('when a cluster is to be made anew leaves the one that is there alone', async () => {
    await using taken = await take();
    await using shop = await openWorkshop();
    await shop.create();
    await expect(shop.create({ port: taken.port }, { recreate: true })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    expect(await shop.machine.clusters.list()).toEqual(['dev']);
  });
});
