/** Access tokens over the API: shown once, limited, ended; and rights that act at once (S1-21, S4-11). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basicOf, newPassword } from '../../../support/accounts.ts';
import { pushImage } from '../../../support/images.ts';
import { type ManagedRegistry, startManagedRegistry } from '../../../support/managed-registry.ts';
import { StoppedClock } from '../../../support/tokens.ts';
import { errorsOf } from '../../../support/wire-rules.ts';

let managed: ManagedRegistry;
const clock = new StoppedClock();
const password = newPassword();
const ann = basicOf('ann', password);
beforeAll(async () => {
  managed = await startManagedRegistry({ clock });
  await managed.api('POST users', managed.admin.basic, { name: 'ann', password });
  await grant({ actions: ['pull', 'push'] });
  await pushImage(managed.registry, 'team/app', { as: 'x', headers: { authorization: ann } });
});
afterAll(() => managed[Symbol.asyncDispose]());

const grant = (more: object) =>
  managed.api('POST permissions', managed.admin.basic, { grantee: 'ann', pattern: 'team/**', ...more });
const create = async (value: object, as = ann) => {
  const { status, json } = await managed.api('POST users/ann/tokens', as, value);
  expect(status).toBe(201);
  return (json as { readonly token: string }).token;
};
const list = async () =>
  ((await managed.api('GET users/ann/tokens', ann)).json as { readonly tokens: readonly Record<string, unknown>[] })
    .tokens;
const statusOf = async (authorization: string, method = 'GET', path = '/v2/team/app/manifests/x') =>
  (await managed.registry.send({ method, path, headers: { authorization } })).status;
const push = (authorization: string) => statusOf(authorization, 'POST', '/v2/team/app/blobs/uploads/');
const bearerOf = async (authorization: string) => {
  const path = '/v2/token?scope=repository:team/app:pull,push';
  const { text } = await managed.registry.send({ method: 'GET', path, headers: { authorization } });
  return `Bearer ${(JSON.parse(text) as { readonly token: string }).token}`;
};

describe('a token', () => {
  it('is shown once, kept as a hash, and works in every place a client puts it', async () => {
    const token = await create({ name: 'everywhere' });
    for (const header of [basicOf('ann', token), basicOf('ANN', token), `Bearer ${token}`, `token ${token}`])
      expect(await push(header)).toBe(202);
    expect(JSON.stringify(await list())).not.toContain(token.slice('devreg_'.length));
    expect(JSON.stringify(managed.registry.log)).not.toContain(token);
    expect(await managed.registry.metadata.findAccessToken(token)).toBeUndefined();
  });

  it('may do what its scopes say, and never more than its user', async () => {
    const token = basicOf('ann', await create({ name: 'reading', scopes: ['repository:team/*:pull'] }));
    expect(await statusOf(token)).toBe(200);
    expect(await push(token)).toBe(403);
    const wide = basicOf('ann', await create({ name: 'wide', scopes: ['repository:**:*'] }));
    expect(await push(wide)).toBe(202);
    expect(await statusOf(wide, 'DELETE', '/v2/team/app/manifests/absent')).toBe(403);
    expect(await statusOf(wide, 'POST', '/v2/other/blobs/uploads/')).toBe(403);
  });

  it('ends by itself, and so does what was issued for it', async () => {
    const token = basicOf('ann', await create({ name: 'short', expiresIn: 60 }));
    const bearer = await bearerOf(token);
    expect([await statusOf(token), await statusOf(bearer)]).toEqual([200, 200]);
    clock.advance(60);
    expect([await statusOf(token), await statusOf(bearer)]).toEqual([401, 401]);
    expect((await list()).find(({ name }) => name === 'short')?.['expiresAt']).toBe(clock.now().toISOString());
  });

  it('is revoked at once, and so is what was issued for it', async () => {
    const token = basicOf('ann', await create({ name: 'revoked' }));
    const bearer = await bearerOf(token);
    expect([await statusOf(token), await statusOf(bearer)]).toEqual([200, 200]);
    expect((await managed.api('DELETE users/ann/tokens/revoked', ann)).status).toBe(204);
    expect([await statusOf(token), await statusOf(bearer)]).toEqual([401, 401]);
    expect((await managed.api('DELETE users/ann/tokens/revoked', ann)).status).toBe(404);
  });

  it('tells to the minute when it was last used', async () => {
    const token = basicOf('ann', await create({ name: 'used' }));
    const lastUsed = async () => (await list()).find(({ name }) => name === 'used')?.['lastUsedAt'];
    expect(await lastUsed()).toBeNull();
    const first = clock.now().toISOString();
    await statusOf(token);
    expect(await lastUsed()).toBe(first);
    clock.advance(59);
    await managed.registry.send({ method: 'GET', path: '/v2/', headers: { authorization: ` ${token}` } });
    await bearerOf(token);
    expect(await lastUsed()).toBe(first);
    clock.advance(601);
    await statusOf(token);
    expect(await lastUsed()).toBe(clock.now().toISOString());
  });

  it('has a name of its own, and cannot be had by somebody else', async () => {
    await create({ name: 'once' });
    const again = await managed.api('POST users/ann/tokens', ann, { name: 'once' });
    expect(errorsOf(again)[0]?.code).toBe('TOKEN_EXISTS');
    const bobs = newPassword();
    await managed.api('POST users', managed.admin.basic, { name: 'bob', password: bobs });
    for (const line of ['GET users/ann/tokens', 'POST users/ann/tokens', 'DELETE users/ann/tokens/once'])
      expect(
        (await managed.api(line, basicOf('bob', bobs), line.startsWith('POST') ? { name: 'x' } : undefined)).status,
      ).toBe(403);
    expect((await managed.api('DELETE users/bob/tokens/once', basicOf('bob', bobs))).status).toBe(404);
    await create({ name: 'by-root' }, managed.admin.basic);
    expect((await list()).find(({ name }) => name === 'by-root')?.['user']).toBe('ann');
  });

  it.each([
    {},
    { name: '' },
    { name: 'a b' },
    { name: '..' },
    { name: 'x'.repeat(65) },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: 'repository:a:pull' },
    { name: 'x', scopes: ['repository:a:admin'] },
    { name: 'x', scopes: ['repository:a:pull,fly'] },
    { name: 'x', scopes: ['repository:A:pull'] },
    { name: 'x', scopes: ['repository:a:'] },
    { name: 'x', scopes: ['registry:catalog:*'] },
    { name: 'x', scopes: [{}] },
    { name: 'x', scopes: Array.from({ length: 51 }, () => 'repository:a:pull') },
    { name: 'x', expiresIn: 0 },
    { name: 'x', expiresIn: 1.5 },
    { name: 'x', expiresIn: '60' },
    { name: 'x', expiresIn: 1e12 },
    { name: 'x', token: 'devreg_x' },
    { name: 'x', userId: 1 },
  ])('is not made of %j', async (value) => {
    const reply = await managed.api('POST users/ann/tokens', ann, value);
    expect({ status: reply.status, code: errorsOf(reply)[0]?.code }).toEqual({ status: 400, code: 'VALUE_INVALID' });
    expect((await list()).some(({ name }) => name === 'x')).toBe(false);
  });
});

describe('rights', () => {
  it('that are taken away are gone with the next request, whatever the client holds', async () => {
    const token = basicOf('ann', await create({ name: 'rights' }));
    const clients = [ann, token, await bearerOf(ann), await bearerOf(token)];
    for (const client of clients) expect(await push(client)).toBe(202);
    await managed.api('DELETE permissions?grantee=ann&pattern=team/**&actions=push', managed.admin.basic);
    for (const client of clients) expect(await push(client)).toBe(403);
    for (const client of clients) expect(await statusOf(client)).toBe(200);
    await managed.api('DELETE permissions?grantee=ann&pattern=team/**', managed.admin.basic);
    for (const client of clients) expect(await statusOf(client)).toBe(403);
    await grant({ actions: ['pull', 'push'] });
    for (const client of clients) expect(await push(client)).toBe(202);
  });

  it('go with the user, whatever the client holds', async () => {
    const token = basicOf('ann', await create({ name: 'goes' }));
    const clients = [ann, token, await bearerOf(ann), await bearerOf(token)];
    const upload = await managed.registry.send({
      method: 'POST',
      path: '/v2/team/app/blobs/uploads/',
      headers: { authorization: ann },
    });
    await managed.api('DELETE users/ann', managed.admin.basic);
    for (const client of clients) expect(await statusOf(client)).toBe(401);
    // A new user of the same name is somebody else.
    await managed.api('POST users', managed.admin.basic, { name: 'ann', password });
    expect(await statusOf(ann)).toBe(403);
    for (const client of clients.slice(1)) expect(await statusOf(client)).toBe(401);
    await grant({ actions: ['pull', 'push'] });
    expect(await statusOf(ann, 'PATCH', upload.headers.location)).toBe(404);
  });
});
