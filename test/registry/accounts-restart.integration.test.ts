/** Accounts of a registry on disk: what is there after a restart, and how guesses of passwords are slowed over HTTP. */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { basicOf, newPassword } from '../support/accounts.ts';
import { apiOf, startManagedRegistry } from '../support/managed-registry.ts';
import { startRegistryIn } from '../support/registry-server.ts';
import { StoppedClock } from '../support/tokens.ts';
import { errorsOf } from '../support/wire-rules.ts';

describe('a restart', () => {
  it('keeps users, passwords, tokens, permissions and policies', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'devreg-accounts-'));
    const root = { name: 'root', password: newPassword(), token: undefined };
    const admin = basicOf('root', root.password);
    const [first, second] = [newPassword(), newPassword()];
    const open = () => startRegistryIn(folder.path, { users: [root], requireOwner: true });
    let token = '';
    let before: unknown;
    const look = async (api: ReturnType<typeof apiOf>) => ({
      users: (await api('GET users', admin)).json,
      tokens: (await api('GET users/ann/tokens', admin)).json,
      permissions: (await api('GET permissions', admin)).json,
      policies: (await api('GET policies', admin)).json,
    });
    {
      await using registry = await open();
      const api = apiOf(registry);
      await api('POST users', admin, { name: 'ann', password: first });
      await api('PUT users/ann/password', basicOf('ann', first), { password: second });
      const created = await api('POST users/ann/tokens', admin, {
        name: 'ci',
        scopes: ['repository:ann/*:pull,push'],
        expiresIn: 3600,
      });
      ({ token } = created.json as { readonly token: string });
      await api('POST permissions', admin, { grantee: 'ann', pattern: 'team/**', actions: ['pull', 'delete'] });
      await api('DELETE permissions?grantee=anonymous&pattern=**', admin);
      await api('POST policies', admin, { kind: 'immutable-tags', tags: 'v*' });
      before = await look(api);
    }
    await using registry = await open();
    expect(await look(apiOf(registry))).toEqual(before);
    expect(before).toMatchObject({
      policies: { policies: [{ kind: 'immutable-tags' }, { kind: 'require-owner', pattern: '**' }] },
      permissions: { permissions: [{ grantee: 'ann' }] },
    });
    const push = async (authorization: string, name: string) =>
      (await registry.send({ method: 'POST', path: `/v2/${name}/blobs/uploads/`, headers: { authorization } })).status;
    expect(await push(basicOf('ann', first), 'ann/app')).toBe(401);
    expect(await push(basicOf('ann', second), 'ann/app')).toBe(202);
    expect(await push(basicOf('ann', token), 'ann/app')).toBe(202);
    expect(await push(basicOf('ann', token), 'root/app')).toBe(403);
    expect(await push(admin, 'ann/app')).toBe(202);
    expect(await push(admin, 'nobody/app')).toBe(403);
  });
});

describe('guessing', () => {
  it('is slowed for a user and an address, by header and by form, and for nobody else', async () => {
    await using managed = await startManagedRegistry({ clock: new StoppedClock() });
    const { registry, admin, api } = managed;
    const password = newPassword();
    await api('POST users', admin.basic, { name: 'ann', password });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const byHeader = (name: string, guess: string, address: string) =>
      registry.send({
        method: 'GET',
        path: '/v2/',
        headers: { authorization: basicOf(name, guess), ...from(address) },
      });
    const byForm = (name: string, guess: string, address: string) =>
      registry.send({
        method: 'POST',
        path: '/v2/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...from(address) },
        body: new URLSearchParams({
          grant_type: 'password',
          username: name,
          password: guess,
          service: 'devreg',
        }).toString(),
      });
    const attacker = '198.51.100.7';
    for (let round = 0; round < 10; round++) {
      expect((await byHeader('ann', newPassword(), attacker)).status).toBe(401);
      expect((await byForm('ann', newPassword(), attacker)).status).toBe(401);
    }
    for (const reply of [
      await byHeader('ann', newPassword(), attacker),
      await byForm('ANN', password, attacker),
      await api('GET users', basicOf('ann', password), undefined, from(attacker)),
    ]) {
      expect(reply.status).toBe(429);
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(10);
      expect(errorsOf(reply)[0]?.message).toMatch(/too many failed logins/i);
    }
    // The same for somebody who is not there, so that it tells nothing.
    for (let round = 0; round < 20; round++)
      expect((await byHeader('nobody', newPassword(), attacker)).status).toBe(401);
    expect((await byHeader('nobody', newPassword(), attacker)).status).toBe(429);
    expect((await byHeader('ann', password, '198.51.100.8')).status).toBe(200);
    expect((await byHeader('root', admin.password, attacker)).status).toBe(200);
    const { token } = (await api('POST users/ann/tokens', admin.basic, { name: 'ci' })).json as { token: string };
    expect((await byHeader('ann', token, attacker)).status).toBe(200);
  });
});
