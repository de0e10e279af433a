/** The token endpoint: what it gives to whom, for how long, and what ends it before. */
import { describe, expect, it } from 'vitest';
import {
  type TestUser,
  addAccessToken,
  addUser,
  basicOf,
  cheapHash,
  makePrivate,
  newPassword,
} from '../support/accounts.ts';
import { type MemoryRegistry, startRegistry } from '../support/registry-server.ts';
import { StoppedClock, claimsOf, parseChallenge } from '../support/tokens.ts';
import type { WireReply } from '../support/wire.ts';
import { converse } from '../support/wire-table.ts';

interface TokenReply {
  readonly token: string;
  readonly access_token: string;
  readonly expires_in: number;
  readonly issued_at: string;
  readonly refresh_token?: string;
  readonly scope?: string;
}

const SCOPE = 'repository:team/app:pull,push';

/** A private registry with a user who may push below `team/`. */
async function startWithUser(): Promise<{ registry: MemoryRegistry; user: TestUser; clock: StoppedClock }> {
  const clock = new StoppedClock();
  const users: TestUser[] = [];
  const registry = await startRegistry({
    clock,
    async accounts(metadata) {
      await makePrivate(metadata);
      await metadata.addPermission({ grantee: 'anonymous', pattern: 'public/**', actions: ['pull'] });
      users.push(await addUser(metadata, 'User', { grants: [{ pattern: 'team/**', actions: ['pull', 'push'] }] }));
    },
  });
  const [user] = users;
  if (user === undefined) throw new Error('No user was added.');
  return { registry, user, clock };
}

const readToken = ({ text }: WireReply) => JSON.parse(text) as TokenReply;

async function get(registry: MemoryRegistry, query: string, authorization?: string): Promise<TokenReply> {
  const headers = authorization === undefined ? {} : { authorization };
  return readToken(
    await converse(registry, [
      {
        ask: `GET /v2/token?${query}`,
        headers,
        status: 200,
        has: { 'cache-control': 'no-store', 'content-type': 'application/json' },
      },
    ]),
  );
}

function form(fields: Record<string, string>): {
  readonly headers: { readonly 'content-type': string };
  readonly body: string;
} {
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  };
}

async function post(registry: MemoryRegistry, fields: Record<string, string>): Promise<TokenReply> {
  return readToken(
    await converse(registry, [
      { ask: 'POST /v2/token', ...form(fields), status: 200, has: { 'cache-control': 'no-store' } },
    ]),
  );
}

/** The status of beginning an upload below `team/`. */
async function push(registry: MemoryRegistry, authorization: string): Promise<number> {
  return (await registry.send({ method: 'POST', path: '/v2/team/app/blobs/uploads/', headers: { authorization } }))
    .status;
}

const rightsIn = (token: string) =>
  (claimsOf(token).access ?? []).map(({ name, actions }) => `${name}:${actions.join(',')}`);

describe('GET', () => {
  it('gives a token for what the user has of what was asked', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const reply = await get(registry, `service=devreg&scope=${SCOPE}&account=User&client_id=docker`, user.basic);
    expect(reply).toEqual({
      token: reply.access_token,
      access_token: reply.token,
      expires_in: 300,
      issued_at: '2026-11-21T10:00:00.000Z',
    });
    expect(rightsIn(reply.token)).toEqual(['team/app:pull,push']);
    expect(await push(registry, `Bearer ${reply.token}`)).toBe(202);
  });

  it.each([
    ['nothing', '', []],
    ['an empty scope', 'scope=', []],
    ['one scope', `scope=${SCOPE}`, ['team/app:pull,push']],
    ['several', 'scope=repository:team/a:pull&scope=repository:team/b:push', ['team/a:pull', 'team/b:push']],
    ['several in one', 'scope=repository:team/a:pull%20repository:team/b:push', ['team/a:pull', 'team/b:push']],
    ['everything', 'scope=repository:team/app:*', ['team/app:pull,push']],
    ['more than the user has', 'scope=repository:team/app:pull,push,delete,admin', ['team/app:pull,push']],
    ['what the user has not', 'scope=repository:secret/app:pull', ['secret/app:']],
    ['what anybody has', 'scope=repository:public/app:pull,push', ['public/app:pull']],
    ['with a class', 'scope=repository(plugin):team/app:pull', ['team/app:pull']],
    ['an action twice', 'scope=repository:team/app:pull,pull', ['team/app:pull']],
    ['the catalog', 'scope=registry:catalog:*', ['catalog:*']],
    ['something else of the registry', 'scope=registry:else:*&scope=registry:catalog:pull', []],
    ['no repository', 'scope=repository:TEAM/..:pull', []],
    ['a pattern', 'scope=repository:**:pull', []],
    ['a repository with a port', 'scope=repository:localhost:5000/team/app:pull', []],
    ['nonsense', 'scope=nonsense&scope=::&scope=a:b:c', []],
  ])('of %s', async (_, query, rights) => {
    const { registry, user } = await startWithUser();
    await using _registry = registry;
    expect(rightsIn((await get(registry, query, user.basic)).token)).toEqual(rights);
  });

  it('gives anybody a token for what anybody may', async () => {
    const { registry } = await startWithUser();
    await using _ = registry;
    for (const authorization of [undefined, 'Basic Og==', 'Basic', 'Basic ', 'Basic !!!!']) {
      const { token, refresh_token } = await get(
        registry,
        `offline_token=true&scope=repository:public/app:pull,push&scope=${SCOPE}`,
        authorization,
      );
      expect([refresh_token, ...rightsIn(token)]).toEqual([undefined, 'public/app:pull', 'team/app:']);
      await converse(registry, [{ ask: 'GET /v2/', headers: { authorization: `Bearer ${token}` }, status: 200 }]);
      expect(await push(registry, `Bearer ${token}`)).toBe(401);
    }
  });

  it('refuses wrong credentials', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const wrong = [
      basicOf('User', newPassword()),
      basicOf('nobody', user.password),
      basicOf('', user.password),
      'Bearer x',
      'token x',
    ];
    for (const authorization of wrong) {
      const reply = await converse(registry, [
        { ask: `GET /v2/token?scope=${SCOPE}`, headers: { authorization }, status: 401, code: 'UNAUTHORIZED' },
      ]);
      expect(parseChallenge(reply.headers['www-authenticate'])).toEqual({
        realm: `http://${registry.host}/v2/token`,
        service: 'devreg',
      });
    }
  });

  it('takes at most fifty scopes', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const scopes = (count: number) =>
      Array.from({ length: count }, (_value, at) => `scope=repository:team/${at}:pull`).join('&');
    const { token } = await get(registry, scopes(50), user.basic);
    expect(rightsIn(token)).toHaveLength(50);
    await converse(registry, [
      { ask: 'GET /v2/', headers: { authorization: `Bearer ${token}` }, status: 200 },
      { ask: `GET /v2/token?${scopes(51)}`, headers: { authorization: user.basic }, status: 400, code: 'UNSUPPORTED' },
    ]);
  });

  it('has a HEAD', async () => {
    const { registry } = await startWithUser();
    await using _ = registry;
    await converse(registry, [{ ask: 'HEAD /v2/token?service=devreg', status: 200 }]);
  });
});

describe('POST', () => {
  it('gives a token for a password or an access token, and says what for', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const accessToken = await addAccessToken(registry.metadata, user, {
      limits: [{ pattern: 'team/*', actions: ['pull'] }],
    });
    const fields = { grant_type: 'password', service: 'devreg', client_id: 'x', username: 'user' };
    const whole = await post(registry, {
      ...fields,
      password: user.password,
      scope: `${SCOPE} repository:secret/app:pull`,
    });
    expect(whole).toMatchObject({ expires_in: 300, issued_at: '2026-11-21T10:00:00.000Z', access_token: whole.token });
    expect(whole.scope).toBe(`${SCOPE} repository:secret/app:`);
    expect(whole.refresh_token).toBeUndefined();
    expect(await push(registry, `Bearer ${whole.token}`)).toBe(202);
    const narrow = await post(registry, { ...fields, password: accessToken, scope: SCOPE });
    expect(narrow.scope).toBe('repository:team/app:pull');
    expect(await push(registry, `Bearer ${narrow.token}`)).toBe(403);
  });

  it.each([
    ['a wrong password', { grant_type: 'password', username: 'user', password: 'wrong' }, 401, 'UNAUTHORIZED'],
    ['no such user', { grant_type: 'password', username: 'nobody', password: 'x' }, 401, 'UNAUTHORIZED'],
    ['a refresh token nobody issued', { grant_type: 'refresh_token', refresh_token: 'a.b.c' }, 401, 'UNAUTHORIZED'],
    ['no refresh token', { grant_type: 'refresh_token' }, 401, 'UNAUTHORIZED'],
    ['another grant', { grant_type: 'client_credentials' }, 400, 'UNSUPPORTED'],
    ['__proto__', { grant_type: '__proto__' }, 400, 'UNSUPPORTED'],
    ['nothing', {}, 400, 'UNSUPPORTED'],
    ['too much', { grant_type: 'password', username: 'x'.repeat(70_000) }, 400, 'UNSUPPORTED'],
  ])('refuses %s', async (_, fields, status, code) => {
    const { registry } = await startWithUser();
    await using _registry = registry;
    await converse(registry, [{ ask: 'POST /v2/token', ...form(fields), status, code }]);
  });

  it('gives anybody who gives no name a token for what anybody may', async () => {
    const { registry } = await startWithUser();
    await using _ = registry;
    const reply = await post(registry, {
      grant_type: 'password',
      username: '',
      password: '',
      access_type: 'offline',
      scope: 'repository:public/app:pull,push',
    });
    expect([reply.scope, reply.refresh_token]).toEqual(['repository:public/app:pull', undefined]);
  });
});

describe('a refresh token', () => {
  const offline = (user: TestUser) => ({
    grant_type: 'password',
    username: 'user',
    password: user.password,
    access_type: 'offline',
  });
  const refresh = (token: string | undefined, scope = SCOPE) => ({
    grant_type: 'refresh_token',
    refresh_token: token ?? '',
    scope,
  });

  it('gives new tokens for ninety days', async () => {
    const { registry, user, clock } = await startWithUser();
    await using _ = registry;
    const issued = [await get(registry, 'offline_token=true', user.basic), await post(registry, offline(user))];
    for (const { refresh_token } of issued) {
      const again = await post(registry, refresh(refresh_token));
      expect([again.refresh_token, again.scope]).toEqual([refresh_token, SCOPE]);
      expect(await push(registry, `Bearer ${again.token}`)).toBe(202);
    }
    clock.advance(90 * 24 * 3600 - 1);
    await post(registry, refresh(issued[0]?.refresh_token));
    clock.advance(1);
    await converse(registry, [
      { ask: 'POST /v2/token', ...form(refresh(issued[0]?.refresh_token)), status: 401, code: 'UNAUTHORIZED' },
    ]);
  });

  it('is no access token, nor the other way round', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const { token, refresh_token } = await get(registry, `offline_token=true&scope=${SCOPE}`, user.basic);
    expect(await push(registry, `Bearer ${refresh_token}`)).toBe(401);
    await converse(registry, [
      { ask: 'POST /v2/token', ...form(refresh(token)), status: 401 },
      { ask: 'GET /v2/token', headers: { authorization: `Bearer ${refresh_token}` }, status: 401 },
      { ask: 'GET /v2/token', headers: { authorization: basicOf('user', refresh_token ?? '') }, status: 401 },
    ]);
  });

  it('cannot be had for a bearer token, which cannot be made to last either', async () => {
    const { registry, user, clock } = await startWithUser();
    await using _ = registry;
    const first = await get(registry, `scope=${SCOPE}`, user.basic);
    clock.advance(200);
    const second = await get(registry, `offline_token=true&scope=${SCOPE}`, `Bearer ${first.token}`);
    expect([second.refresh_token, second.expires_in]).toEqual([undefined, 100]);
    expect(await push(registry, `Bearer ${second.token}`)).toBe(202);
    clock.advance(100);
    expect([await push(registry, `Bearer ${first.token}`), await push(registry, `Bearer ${second.token}`)]).toEqual([
      401, 401,
    ]);
  });

  it('and what came from it end with the password', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const { token, refresh_token } = await get(registry, `offline_token=true&scope=${SCOPE}`, user.basic);
    expect([await push(registry, `Bearer ${token}`), await push(registry, user.basic)]).toEqual([202, 202]);
    const password = newPassword();
    await registry.metadata.putUser({ name: 'user', passwordHash: cheapHash(password), isAdmin: false });
    expect([await push(registry, `Bearer ${token}`), await push(registry, user.basic)]).toEqual([401, 401]);
    await converse(registry, [
      { ask: 'POST /v2/token', ...form(refresh(refresh_token)), status: 401, code: 'UNAUTHORIZED' },
    ]);
    expect(await push(registry, basicOf('user', password))).toBe(202);
  });

  it('and what came from it end with the user, also when another takes the name', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const { token, refresh_token } = await get(registry, `offline_token=true&scope=${SCOPE}`, user.basic);
    await registry.metadata.removeUser('user');
    await addUser(registry.metadata, 'user', { isAdmin: true });
    expect([await push(registry, `Bearer ${token}`), await push(registry, user.basic)]).toEqual([401, 401]);
    await converse(registry, [{ ask: 'POST /v2/token', ...form(refresh(refresh_token)), status: 401 }]);
  });

  it('and what came from it end with the access token they rest on', async () => {
    const { registry, user, clock } = await startWithUser();
    await using _ = registry;
    const secret = await addAccessToken(registry.metadata, user, {
      expiresAt: new Date(clock.now().getTime() + 60_000),
    });
    const { token, refresh_token, expires_in } = await get(
      registry,
      `offline_token=true&scope=${SCOPE}`,
      basicOf('user', secret),
    );
    expect([expires_in, await push(registry, `Bearer ${token}`), await push(registry, `Bearer ${secret}`)]).toEqual([
      60, 202, 202,
    ]);
    clock.advance(60);
    expect([await push(registry, `Bearer ${token}`), await push(registry, `Bearer ${secret}`)]).toEqual([401, 401]);
    await converse(registry, [{ ask: 'POST /v2/token', ...form(refresh(refresh_token)), status: 401 }]);
  });

  it('and what came from it end when the access token is revoked', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const secret = await addAccessToken(registry.metadata, user);
    const { token, refresh_token } = await get(registry, `offline_token=true&scope=${SCOPE}`, basicOf('user', secret));
    expect(await push(registry, `Bearer ${token}`)).toBe(202);
    for (const { id } of await registry.metadata.listAccessTokens(user.user.id))
      await registry.metadata.removeAccessToken(id);
    expect([await push(registry, `Bearer ${token}`), await push(registry, basicOf('user', secret))]).toEqual([
      401, 401,
    ]);
    await converse(registry, [{ ask: 'POST /v2/token', ...form(refresh(refresh_token)), status: 401 }]);
  });
});

describe('a bearer token', () => {
  it('ends after five minutes', async () => {
    const { registry, user, clock } = await startWithUser();
    await using _ = registry;
    const { token } = await get(registry, `scope=${SCOPE}`, user.basic);
    clock.advance(299);
    expect(await push(registry, `Bearer ${token}`)).toBe(202);
    clock.advance(1);
    expect(await push(registry, `Bearer ${token}`)).toBe(401);
  });

  it('loses what the user loses, at once', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const { token } = await get(registry, `scope=${SCOPE}`, user.basic);
    expect(await push(registry, `Bearer ${token}`)).toBe(202);
    for (const { id, grantee } of await registry.metadata.listPermissions()) {
      if (grantee === user.user.id) await registry.metadata.removePermission(id);
    }
    expect([await push(registry, `Bearer ${token}`), await push(registry, user.basic)]).toEqual([403, 403]);
  });

  it('never gives more than it was asked for, whatever the user may', async () => {
    const { registry, user } = await startWithUser();
    await using _ = registry;
    const narrow = await get(registry, 'scope=repository:team/app:pull', user.basic);
    const wide = await get(registry, `scope=${SCOPE}&scope=repository:team/b:pull`, `Bearer ${narrow.token}`);
    expect(rightsIn(wide.token)).toEqual(['team/app:pull', 'team/b:']);
    expect(await push(registry, `Bearer ${wide.token}`)).toBe(401);
  });
});
