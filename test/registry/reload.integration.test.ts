/** Settings that change while a registry serves: which count at once, which wait, and that refused ones change nothing. */
import { describe, expect, it } from 'vitest';
import { parseRouteRule } from '../../src/registry/http/route.ts';
import { basicOf, newPassword } from '../support/accounts.ts';
import { blob, image, index, pushBlob, pushImage, pushManifest } from '../support/images.ts';
import { type FolderRegistry, startRegistryIn } from '../support/registry-server.ts';
import { converse } from '../support/wire-table.ts';
import { newFolder } from './metadata/new-database-path.ts';

const layer = blob('layer');
const START = 'POST /v2/a/blobs/uploads/';

function user(password: string, name = 'admin') {
  return { name, password, token: undefined };
}

function linesOf(registry: FolderRegistry, event: string): unknown[] {
  return registry.log.filter((line) => line.event === event).map(({ level, fields }) => [level, fields['names']]);
}

describe('while it serves', () => {
  it('users come, and another password counts at once', async () => {
    const [first, second] = [newPassword(), newPassword()];
    await using registry = await startRegistryIn(await newFolder());
    await converse(registry, [{ ask: START, status: 202 }]);
    await registry.reload({ users: [user(first)] });
    const as = (password: string) => ({ authorization: basicOf('admin', password) });
    await converse(registry, [
      { ask: START, status: 401 },
      { ask: START, headers: as(first), status: 202 },
    ]);
    await registry.reload({ users: [user(second)] });
    await converse(registry, [
      { ask: START, headers: as(first), status: 401 },
      { ask: START, headers: as(second), status: 202 },
    ]);
    expect(linesOf(registry, 'settings.reloaded')).toEqual([
      ['info', 'users'],
      ['info', 'users'],
    ]);
    expect(JSON.stringify(registry.log)).not.toMatch(new RegExp(`${first}|${second}`));
  });

  it('pushing is opened to all, and closed again', async () => {
    const authorization = basicOf('admin', newPassword());
    await using registry = await startRegistryIn(await newFolder(), { users: [user(newPassword())] });
    await converse(registry, [{ ask: START, status: 401 }]);
    await registry.reload({ users: [], anonymousPush: true });
    await converse(registry, [{ ask: START, status: 202 }]);
    await registry.reload({ users: [], anonymousPush: false });
    await converse(registry, [
      { ask: START, status: 401 },
      { ask: START, headers: { authorization }, status: 401 },
    ]);
  });

  it('deleting is switched off and on', async () => {
    await using registry = await startRegistryIn(await newFolder());
    await pushImage(registry, 'a', { as: 'x', layers: [layer] });
    await registry.reload({ allowDelete: false });
    await converse(registry, [{ ask: 'DELETE /v2/a/manifests/x', status: 405, code: 'UNSUPPORTED' }]);
    await registry.reload({});
    await converse(registry, [{ ask: 'DELETE /v2/a/manifests/x', status: 202 }]);
  });

  it('sparse indexes are accepted and refused', async () => {
    await using registry = await startRegistryIn(await newFolder());
    const sparse = index([image([layer])]);
    await registry.reload({ allowSparse: true });
    await pushManifest(registry, 'a', sparse, { as: 'x' });
    await registry.reload({});
    await expect(pushManifest(registry, 'b', sparse, { as: 'x' })).rejects.toThrow('MANIFEST_BLOB_UNKNOWN');
  });

  it('names must begin with their owner', async () => {
    const password = newPassword();
    const headers = { authorization: basicOf('admin', password) };
    const users = [user(password)];
    await using registry = await startRegistryIn(await newFolder(), { users });
    await converse(registry, [{ ask: START, headers, status: 202 }]);
    await registry.reload({ users, requireOwner: true });
    await converse(registry, [
      { ask: START, headers, status: 403, code: 'DENIED' },
      { ask: 'POST /v2/admin/a/blobs/uploads/', headers, status: 202 },
      {
        ask: 'GET /api/devreg/v1/policies',
        headers,
        status: 200,
        is: { policies: [expect.objectContaining({ kind: 'require-owner' })] },
      },
    ]);
  });

  it('routes lead elsewhere, and proxies are believed no longer', async () => {
    await using registry = await startRegistryIn(await newFolder());
    await pushBlob(registry, 'mirrors/blue/app', layer);
    const rule = parseRouteRule('/team/{name}=mirrors/{name}');
    const ask = `HEAD /v2/team/blue/app/blobs/${layer.digest}`;
    const forwarded = { 'x-forwarded-for': '192.0.2.7' };
    await converse(registry, [{ ask, headers: forwarded, status: 404 }]);
    await registry.reload({ routes: rule === undefined ? [] : [rule], trustedProxies: ['192.0.2.0/24'] });
    await converse(registry, [{ ask, headers: forwarded, status: 200 }]);
    const clients = registry.log.filter(({ event }) => event === 'request').map(({ fields }) => fields['client']);
    expect(clients.slice(-2)).toEqual(['192.0.2.7', '127.0.0.1']);
  });

  it('the log says less', async () => {
    await using registry = await startRegistryIn(await newFolder());
    await registry.reload({ logLevel: 'warn' });
    const { length } = registry.log;
    await converse(registry, [{ ask: START, status: 202 }]);
    expect(registry.log.slice(length)).toEqual([]);
    await registry.reload({});
    await converse(registry, [{ ask: START, status: 202 }]);
    expect(registry.log.slice(length).map(({ event }) => event)).toContain('request');
  });

  it('garbage is collected more often', async () => {
    await using registry = await startRegistryIn(await newFolder(), { gcInterval: 0 });
    await registry.reload({ gcInterval: 5 });
    const count = (event: string) => registry.log.filter((line) => line.event === event).length;
    await expect.poll(() => count('gc.finished'), { timeout: 30_000 }).toBeGreaterThan(1);
    await registry.reload({ gcInterval: 0 });
    await expect.poll(() => count('gc.started') === count('gc.finished'), { timeout: 30_000 }).toBe(true);
  });

  it('what needs a restart waits for it, and is said so', async () => {
    await using registry = await startRegistryIn(await newFolder());
    await registry.reload({
      durability: 'fast',
      dataDir: '/elsewhere',
      listen: [{ host: '0.0.0.0', port: 1 }],
      gcLease: 1,
      allowDelete: false,
    });
    expect(linesOf(registry, 'settings.waiting')).toEqual([['warn', 'dataDir durability gcLease listen']]);
    expect(linesOf(registry, 'settings.reloaded')).toEqual([['info', 'allowDelete']]);
    await converse(registry, [{ ask: START, status: 202 }]);
  });
});

describe('refused settings change nothing', () => {
  it('where nobody could log in any more', async () => {
    const listen = [{ host: '0.0.0.0', port: 0 }];
    await using registry = await startRegistryIn(await newFolder(), { listen, anonymousPush: true });
    const next = { anonymousPush: false, allowDelete: false, routes: [] };
    await expect(registry.reload(next)).rejects.toMatchObject({ name: 'UsersNeededError' });
    await converse(registry, [
      { ask: START, status: 202 },
      { ask: 'DELETE /v2/a/manifests/x', status: 404 },
    ]);
    expect(linesOf(registry, 'settings.reloaded')).toEqual([]);
  });

  it('where a network is none', async () => {
    const password = newPassword();
    await using registry = await startRegistryIn(await newFolder());
    const next = { trustedProxies: ['nowhere'], users: [user(password)] };
    await expect(registry.reload(next)).rejects.toThrow(RangeError);
    await converse(registry, [{ ask: START, status: 202 }]);
  });
});
