/** Access as a table: every route of the router, with every kind of credentials; a route without a row fails. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { type UseCases, type WatchParts, createEndpoints } from '../../src/registry/api/endpoints.ts';
import type { AccountParts } from '../../src/registry/api/admin/endpoints.ts';
import type { TokenParts } from '../../src/registry/api/token.ts';
import { parseTarget } from '../../src/registry/http/router.ts';
import { addAccessToken, addUser, basicOf, makePrivate } from '../support/accounts.ts';
import { pushImage } from '../support/images.ts';
import { type MemoryRegistry, startRegistry } from '../support/registry-server.ts';
import { parseChallenge } from '../support/tokens.ts';
import { errorsOf } from '../support/wire-rules.ts';

const DIGEST = digestOf('absent');
const API = '/api/devreg/v1';

/** What a route takes; what each of them means for each kind of credentials is below. */
type Right =
  | 'unseen'
  | 'nothing'
  | 'login'
  | 'everything'
  | 'pull'
  | 'push'
  | 'delete'
  | 'administrator'
  | 'account'
  | 'user'
  | 'admin';

/** Every route: its target and method, the right it takes, and a request that changes nothing even where it is let in. */
const ROWS: readonly (readonly [target: string, method: string, right: Right, path: string])[] = [
  ['health', 'GET', 'nothing', '/healthz'],
  ['health', 'HEAD', 'nothing', '/healthz'],
  ['ready', 'GET', 'unseen', '/readyz'],
  ['ready', 'HEAD', 'unseen', '/readyz'],
  ['live', 'GET', 'unseen', '/livez'],
  ['live', 'HEAD', 'unseen', '/livez'],
  ['metrics', 'GET', 'everything', '/metrics'],
  ['metrics', 'HEAD', 'everything', '/metrics'],
  ['base', 'GET', 'login', '/v2/'],
  ['base', 'HEAD', 'login', '/v2/'],
  ['token', 'GET', 'nothing', '/v2/token?service=devreg'],
  ['token', 'HEAD', 'nothing', '/v2/token?service=devreg'],
  ['token', 'POST', 'nothing', '/v2/token'],
  ['catalog', 'GET', 'nothing', '/v2/_catalog'],
  ['catalog', 'HEAD', 'nothing', '/v2/_catalog'],
  ['manifest', 'GET', 'pull', '/v2/team/app/manifests/x'],
  ['manifest', 'HEAD', 'pull', '/v2/team/app/manifests/x'],
  ['manifest', 'PUT', 'push', '/v2/team/app/manifests/x'],
  ['manifest', 'DELETE', 'delete', '/v2/team/app/manifests/absent'],
  ['blob', 'GET', 'pull', `/v2/team/app/blobs/${DIGEST}`],
  ['blob', 'HEAD', 'pull', `/v2/team/app/blobs/${DIGEST}`],
  ['blob', 'DELETE', 'delete', `/v2/team/app/blobs/${DIGEST}`],
  ['uploads', 'POST', 'push', '/v2/team/app/blobs/uploads/?digest=none'],
  ['upload', 'GET', 'push', '/v2/team/app/blobs/uploads/absent'],
  ['upload', 'HEAD', 'push', '/v2/team/app/blobs/uploads/absent'],
  ['upload', 'PATCH', 'push', '/v2/team/app/blobs/uploads/absent'],
  ['upload', 'PUT', 'push', '/v2/team/app/blobs/uploads/absent'],
  ['upload', 'DELETE', 'push', '/v2/team/app/blobs/uploads/absent'],
  ['tags', 'GET', 'pull', '/v2/team/app/tags/list'],
  ['tags', 'HEAD', 'pull', '/v2/team/app/tags/list'],
  ['referrers', 'GET', 'pull', `/v2/team/app/referrers/${DIGEST}`],
  ['referrers', 'HEAD', 'pull', `/v2/team/app/referrers/${DIGEST}`],
  ['users', 'GET', 'administrator', `${API}/users`],
  ['users', 'POST', 'administrator', `${API}/users`],
  ['user', 'GET', 'account', `${API}/users/writer`],
  ['user', 'DELETE', 'administrator', `${API}/users/absent`],
  ['password', 'PUT', 'account', `${API}/users/writer/password`],
  ['access-tokens', 'GET', 'account', `${API}/users/writer/tokens`],
  ['access-tokens', 'POST', 'account', `${API}/users/writer/tokens`],
  ['access-token', 'DELETE', 'account', `${API}/users/writer/tokens/absent`],
  ['permissions', 'GET', 'user', `${API}/permissions`],
  ['permissions', 'POST', 'admin', `${API}/permissions`],
  ['permissions', 'DELETE', 'admin', `${API}/permissions?grantee=absent&pattern=team/app`],
  ['policies', 'GET', 'administrator', `${API}/policies`],
  ['policies', 'POST', 'administrator', `${API}/policies`],
  ['policies', 'DELETE', 'administrator', `${API}/policies?kind=require-owner&pattern=absent`],
];

/** Bodies that the routes get that look at one before they know what it is about. */
const BODIES: Readonly<Record<string, object>> = {
  [`POST ${API}/permissions`]: { grantee: 'absent', pattern: 'team/app', actions: ['pull'] },
};

/** `in`: whatever comes, it is no refusal of the client. */
type Outcome = 'in' | 401 | 403;
const BAD = { unseen: 'in', nothing: 401, everything: 401, login: 401, pull: 401, push: 401, delete: 401 } as const;
const BAD_ACCOUNT = { administrator: 401, account: 401, user: 401, admin: 401 } as const;
const OUT = { ...BAD, ...BAD_ACCOUNT };
const NOT_BY_TOKEN = { administrator: 403, account: 403, user: 403, admin: 403 } as const;
const ALL_IN = {
  unseen: 'in',
  nothing: 'in',
  everything: 403,
  login: 'in',
  pull: 'in',
  push: 'in',
  delete: 'in',
} as const;
const PULLS = { ...ALL_IN, push: 403, delete: 403 } as const;

const EXPECTED: Readonly<Record<string, Readonly<Record<Right, Outcome>>>> = {
  anonymous: { ...OUT, nothing: 'in' },
  'a bearer for anybody': { ...OUT, nothing: 'in', login: 'in' },
  'a stranger': { ...PULLS, pull: 403, ...NOT_BY_TOKEN, user: 'in' },
  'a reader': { ...PULLS, ...NOT_BY_TOKEN, user: 'in' },
  'a writer': { ...ALL_IN, administrator: 403, account: 'in', user: 'in', admin: 403 },
  'an administrator of the repository': { ...PULLS, administrator: 403, account: 403, user: 'in', admin: 'in' },
  'an administrator': { ...ALL_IN, everything: 'in', administrator: 'in', account: 'in', user: 'in', admin: 'in' },
  "the writer's token": { ...ALL_IN, ...NOT_BY_TOKEN },
  "the writer's token as bearer": { ...ALL_IN, ...NOT_BY_TOKEN },
  "a token of the administrator's": { ...ALL_IN, everything: 'in', ...NOT_BY_TOKEN },
  'a narrowed token': { ...PULLS, ...NOT_BY_TOKEN },
  'a token narrowed to nothing': { ...PULLS, pull: 403, ...NOT_BY_TOKEN },
  'a bearer of the writer': { ...ALL_IN, ...NOT_BY_TOKEN },
  'a bearer of the reader': { ...PULLS, ...NOT_BY_TOKEN },
  'a bearer of the narrowed token': { ...PULLS, ...NOT_BY_TOKEN },
  "another's token": OUT,
  'an expired token': OUT,
  'a revoked token': OUT,
  'a bearer of a token revoked since': OUT,
  'a bearer of a user removed since': OUT,
  'a password changed since': OUT,
  'a removed user': OUT,
  'a wrong password': OUT,
};

async function start() {
  const headers = new Map<string, string | undefined>([['anonymous', undefined]]);
  let after = async (_registry: MemoryRegistry) => {};
  const registry = await startRegistry({
    async accounts(metadata) {
      await makePrivate(metadata);
      const pulling = [{ pattern: 'team/**', actions: ['pull'] as const }];
      const all = [{ pattern: 'team/**', actions: ['pull', 'push', 'delete'] as const }];
      const root = await addUser(metadata, 'root', { isAdmin: true });
      const stranger = await addUser(metadata, 'stranger');
      const reader = await addUser(metadata, 'reader', { grants: pulling });
      const writer = await addUser(metadata, 'writer', { grants: all });
      const keeper = await addUser(metadata, 'keeper', {
        grants: [{ pattern: 'team/**', actions: ['pull', 'admin'] }],
      });
      const leaver = await addUser(metadata, 'leaver', { grants: all });
      const changer = await addUser(metadata, 'changer', { grants: all });
      headers.set('a stranger', stranger.basic);
      headers.set('a reader', reader.basic);
      headers.set('a writer', writer.basic);
      headers.set('an administrator of the repository', keeper.basic);
      headers.set('an administrator', root.basic);
      headers.set('a wrong password', basicOf('writer', 'wrong'));
      headers.set('a removed user', leaver.basic);
      headers.set('a password changed since', changer.basic);
      const whole = await addAccessToken(metadata, writer);
      const narrow = basicOf('writer', await addAccessToken(metadata, writer, { limits: pulling }));
      const expired = await addAccessToken(metadata, writer, { expiresAt: new Date(Date.now() - 1) });
      headers.set("the writer's token", basicOf('writer', whole));
      headers.set("the writer's token as bearer", `Bearer ${whole}`);
      headers.set("a token of the administrator's", basicOf('root', await addAccessToken(metadata, root)));
      headers.set('a narrowed token', narrow);
      headers.set(
        'a token narrowed to nothing',
        basicOf('writer', await addAccessToken(metadata, writer, { limits: [] })),
      );
      headers.set("another's token", basicOf('reader', whole));
      headers.set('an expired token', basicOf('writer', expired));
      const revoked = basicOf('writer', await addAccessToken(metadata, writer));
      headers.set('a revoked token', revoked);
      after = async ({ send }) => {
        const bearerOf = async (authorization: string | undefined) => {
          const path = '/v2/token?service=devreg&scope=repository:team/app:pull,push,delete';
          const { text } = await send({ method: 'GET', path, headers: authorization ? { authorization } : {} });
          return `Bearer ${(JSON.parse(text) as { readonly token: string }).token}`;
        };
        headers.set('a bearer for anybody', await bearerOf(undefined));
        headers.set('a bearer of the writer', await bearerOf(writer.basic));
        headers.set('a bearer of the reader', await bearerOf(reader.basic));
        headers.set('a bearer of the narrowed token', await bearerOf(narrow));
        headers.set('a bearer of a token revoked since', await bearerOf(revoked));
        headers.set('a bearer of a user removed since', await bearerOf(leaver.basic));
        await send({ method: 'GET', path: '/v2/', headers: { authorization: changer.basic } });
        const token = (await metadata.listAccessTokens(writer.user.id)).at(-1);
        const tokens = await metadata.listAccessTokens(writer.user.id);
        const newest = tokens.toSorted((one, other) => other.id - one.id)[0] ?? token;
        await metadata.removeAccessToken(newest?.id ?? 0);
        await metadata.removeUser('leaver');
        await metadata.changePassword(changer.user.id, root.user.passwordHash);
      };
    },
  });
  await pushImage(registry, 'team/app', {
    as: 'x',
    headers: { authorization: headers.get('an administrator') ?? '' },
  });
  await after(registry);
  return { registry, headers };
}

let started: Awaited<ReturnType<typeof start>>;
beforeAll(async () => void (started = await start()));
afterAll(() => started.registry[Symbol.asyncDispose]());

it('has a row for every route there is', () => {
  const table = createEndpoints({} as UseCases, {} as TokenParts, {} as AccountParts, { metrics: {} } as WatchParts, {
    allowDelete: true,
  });
  const routes = Object.entries(table).flatMap(([target, methods]) =>
    Object.keys(methods).map((method) => `${target} ${method}`),
  );
  expect(ROWS.map(([target, method]) => `${target} ${method}`).toSorted()).toEqual(routes.toSorted());
  for (const [target, , , path] of ROWS) expect(parseTarget(path.split('?')[0] ?? '')?.kind).toBe(target);
});

describe.each(Object.keys(EXPECTED))('%s', (kind) => {
  it.each(ROWS)('at %s %s', async (_target, method, right, path) => {
    const { registry, headers } = started;
    if (!headers.has(kind)) throw new TypeError(`There are no credentials of ${kind}.`);
    const authorization = headers.get(kind);
    const body = BODIES[`${method} ${path}`];
    const reply = await registry.send({
      method,
      path,
      headers: {
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status } = reply;
    const outcome = status === 401 || status === 403 ? status : status < 500 ? 'in' : status;
    expect(outcome).toBe(EXPECTED[kind]?.[right]);
    const challenge = reply.headers['www-authenticate'];
    if (outcome === 401) expectChallenge(challenge, path, right);
    if (outcome === 403 && method !== 'HEAD') expectReason(errorsOf(reply)[0]?.message ?? '', right);
  });
});

/** It says how to log in. */
function expectChallenge(challenge: string | undefined, path: string, right: Right): void {
  if (path.startsWith(API)) {
    expect(challenge).toBe('Basic realm="devreg", charset="UTF-8"');
    return;
  }
  const { service, scope } = parseChallenge(challenge);
  const asked = right === 'push' ? 'pull,push' : right;
  expect(service).toBe('devreg');
  expect(scope).toBe(path.includes('team/app') ? `repository:team/app:${asked}` : undefined);
}

/** It says which right is missing. */
function expectReason(message: string, right: Right): void {
  if (['pull', 'push', 'delete'].includes(right)) expect(message).toMatch(new RegExp(`lacks ${right}\\.$`));
  else if (right === 'everything') expect(message).toMatch(/pull everything/);
  else expect(message).toMatch(/is no administrator|lacks admin for all of|with the password, not with a token/);
}
