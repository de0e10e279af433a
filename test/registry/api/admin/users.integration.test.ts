/** Users over the API: added, listed, changed, removed; and what attackers send. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basicOf, newPassword } from '../../../support/accounts.ts';
import { type ManagedRegistry, startManagedRegistry } from '../../../support/managed-registry.ts';
import { errorsOf } from '../../../support/wire-rules.ts';

let managed: ManagedRegistry;
beforeAll(async () => void (managed = await startManagedRegistry()));
afterAll(() => managed[Symbol.asyncDispose]());

const ask = (line: string, value?: unknown, more?: Record<string, string>) =>
  managed.api(line, managed.admin.basic, value, more);
const invalid = { status: 400, code: 'VALUE_INVALID' };

describe('a user', () => {
  it('is added, logs in, changes the password, and is removed', async () => {
    const { api, registry } = managed;
    const [first, second] = [newPassword(), newPassword()];
    const added = await ask('POST users', { name: 'Ann', password: first });
    expect(added).toMatchObject({ status: 201, json: { name: 'Ann', admin: false } });
    expect(added.headers['cache-control']).toBe('no-store');
    expect((await api('GET users/ann', basicOf('ANN', first))).json).toEqual({ name: 'Ann', admin: false });
    expect((await ask('GET users')).json).toEqual({
      users: [
        { name: 'Ann', admin: false },
        { name: 'Root', admin: true },
      ],
    });
    const changed = await api('PUT users/ann/password', basicOf('ann', first), { password: second });
    expect(changed).toMatchObject({ status: 204, text: '' });
    expect((await api('GET users/ann', basicOf('ann', first))).status).toBe(401);
    expect((await api('GET users/ann', basicOf('ann', second))).status).toBe(200);
    expect((await api('DELETE users/ann', basicOf('ann', second))).status).toBe(403);
    expect((await ask('DELETE users/ANN')).status).toBe(204);
    expect((await ask('DELETE users/ann')).status).toBe(404);
    expect((await api('GET users/ann', basicOf('ann', second))).status).toBe(401);
    expect(registry.log.some(({ fields }) => JSON.stringify(fields).includes(second))).toBe(false);
  });

  it('may be an administrator, of whom one must stay', async () => {
    const { api, admin } = managed;
    expect((await ask('DELETE users/root')).status).toBe(409);
    const password = newPassword();
    await ask('POST users', { name: 'second', password, admin: true });
    expect((await api('GET users', basicOf('second', password))).status).toBe(200);
    expect((await api('DELETE users/second', admin.basic)).status).toBe(204);
    expect(errorsOf(await ask('DELETE users/root'))[0]?.code).toBe('ADMINISTRATOR_NEEDED');
  });

  it('is there once, in whatever case, also when two are added at once', async () => {
    const replies = await Promise.all(
      ['Twin', 'TWIN'].map((name) => ask('POST users', { name, password: newPassword() })),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(errorsOf(replies.find(({ status }) => status === 409) ?? { text: '' })[0]?.code).toBe('USER_EXISTS');
    await ask('DELETE users/twin');
  });

  it('may have a name of any script', async () => {
    const name = 'žofie.ß@example';
    expect((await ask('POST users', { name, password: newPassword() })).status).toBe(201);
    expect((await ask(`GET users/${encodeURIComponent(name)}`)).json).toEqual({ name, admin: false });
    expect((await ask(`DELETE users/${encodeURIComponent(name)}`)).status).toBe(204);
  });
});

describe('what is refused', () => {
  const password = newPassword();

  it.each([
    ['no body', ''],
    ['no JSON', '{'],
    ['a list', []],
    ['nothing', 'null'],
    ['a text', '"x"'],
    ['no name', { password }],
    ['no password', { name: 'x' }],
    ['a field that is not known', { name: 'x', password, isAdmin: true }],
    ['the field of a row', { name: 'x', password, passwordHash: 'x' }],
    ['a prototype', `{"name":"x","password":"${password}","__proto__":{"admin":true}}`],
    ['admin as a text', { name: 'x', password, admin: 'true' }],
    ['a short password', { name: 'x', password: 'short' }],
    ['a long password', { name: 'x', password: 'x'.repeat(1025) }],
    ['a password of two lines', { name: 'x', password: `${password}\n${password}` }],
    ['a password that is none', { name: 'x', password: 12_345_678 }],
    ['half a character', '{"name":"x","password":"12345678\\ud800"}'],
    ['deep nesting', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ...['', 'a:b', 'a b', 'a/b', '..', '.', 'a\u0000', 'a%2f', 'ａ', 'anonymous', 'Authenticated', 'x'.repeat(129)].map(
      (name): [string, object] => [`the name ${JSON.stringify(name.slice(0, 20))}`, { name, password }],
    ),
  ])('%s', async (_, value) => {
    const reply = await ask('POST users', value);
    expect({ status: reply.status, code: errorsOf(reply)[0]?.code }).toEqual(invalid);
    expect(reply.text).not.toContain(password);
    expect((await ask('GET users')).json).toEqual({ users: [{ name: 'Root', admin: true }] });
  });

  it.each([
    ['too much', { 'content-type': 'application/json' }, JSON.stringify({ name: 'x'.repeat(33_000) })],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'name=x'],
    ['a text, as pages of other sites can send', { 'content-type': 'text/plain' }, '{}'],
  ])('%s', async (_, headers, body) => {
    expect((await ask('POST users', body, headers)).status).toBe(400);
  });

  it('bytes that are no text', async () => {
    const { registry, admin } = managed;
    const headers = { authorization: admin.basic, 'content-type': 'application/json' };
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]);
    expect((await registry.send({ method: 'POST', path: '/api/devreg/v1/users', headers, body })).status).toBe(400);
  });

  it.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['of no site', { origin: 'null' }],
    ['that the browser says is of another site', { 'sec-fetch-site': 'cross-site' }],
    ['that the browser says is of a site beside', { 'sec-fetch-site': 'same-site' }],
  ])('a page %s', async (_, headers) => {
    const value = { name: 'x', password };
    for (const [line, body] of [['POST users', value], ['GET users'], ['DELETE users/absent']] as const)
      expect((await ask(line, body, headers)).status).toBe(403);
  });

  it('nothing of pages of its own', async () => {
    const { registry } = managed;
    const headers = { origin: `http://${registry.host}`, 'sec-fetch-site': 'same-origin' };
    expect((await ask('GET users', undefined, headers)).status).toBe(200);
  });

  it.each([
    ['GET', '/api/devreg/v1', 404],
    ['GET', '/api/devreg/v1/', 404],
    ['GET', '/api/devreg/v2/users', 404],
    ['GET', '/api/devreg/v1/users/', 404],
    ['GET', '/api/devreg/v1//users', 404],
    ['GET', '/api/devreg/v1/users/root/tokens/', 404],
    ['GET', '/api/devreg/v1/users/..%2froot', 404],
    ['GET', '/api/devreg/v1/users/%ff', 404],
    ['GET', '/api/devreg/v1/users/__proto__', 404],
    ['GET', '/api/devreg/v1/__proto__', 404],
    ['PATCH', '/api/devreg/v1/users/root', 405],
    ['GET', '/v2/api/devreg/v1/users', 404],
    ['GET', '/repositories/oci/x/api/devreg/v1/users', 404],
  ])('%s %s', async (method, path, status) => {
    const { registry, admin } = managed;
    expect((await registry.send({ method, path, headers: { authorization: admin.basic } })).status).toBe(status);
  });
});

describe('a registry without users', () => {
  it('has nobody who could manage it, whatever they send', async () => {
    const { startRegistry } = await import('../../../support/registry-server.ts');
    const { apiOf } = await import('../../../support/managed-registry.ts');
    await using registry = await startRegistry();
    for (const authorization of [undefined, basicOf('root', 'x'), basicOf('', ''), 'Bearer x'])
      expect((await apiOf(registry)('POST users', authorization, { name: 'x', password: 'x'.repeat(9) })).status).toBe(
        401,
      );
  });
});
