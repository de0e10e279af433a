/** Who may do what: every kind of credentials on every kind of request. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { type TestUser, addAccessToken, addUser, basicOf, makePrivate, newPassword } from '../support/accounts.ts';
import { CONFIG, blob, pushBlob, pushImage } from '../support/images.ts';
import { type MemoryRegistry, startRegistry } from '../support/registry-server.ts';
import { parseChallenge } from '../support/tokens.ts';
import { errorsOf } from '../support/wire-rules.ts';
import { converse } from '../support/wire-table.ts';

const layer = blob('layer');

/** A registry where anybody reads `public/**`, every user `team/**`, and nobody but the administrator `secret/**`. */
async function startWithUsers() {
  const users: Record<string, TestUser> = {};
  const tokens: Record<string, string> = {};
  const registry = await startRegistry({
    async accounts(metadata) {
      await makePrivate(metadata);
      await metadata.addPermission({ grantee: 'anonymous', pattern: 'public/**', actions: ['pull'] });
      await metadata.addPermission({ grantee: 'authenticated', pattern: 'team/**', actions: ['pull'] });
      const admin = (users['admin'] = await addUser(metadata, 'Admin', { isAdmin: true }));
      users['reader'] = await addUser(metadata, 'reader');
      const writer = (users['writer'] = await addUser(metadata, 'writer', {
        grants: [{ pattern: 'team/**', actions: ['push', 'delete'] }],
      }));
      tokens['whole'] = await addAccessToken(metadata, writer);
      tokens['narrow'] = await addAccessToken(metadata, writer, {
        limits: [{ pattern: 'team/app', actions: ['pull'] }],
      });
      tokens['expired'] = await addAccessToken(metadata, writer, { expiresAt: new Date(Date.now() - 1) });
      tokens['ofAdmin'] = await addAccessToken(metadata, admin, {
        limits: [{ pattern: 'secret/*', actions: ['pull'] }],
      });
    },
  });
  const admin = { authorization: users['admin']?.basic ?? '' };
  for (const name of ['public/app', 'team/app', 'secret/app']) {
    await pushImage(registry, name, { as: 'x', headers: admin });
    await pushBlob(registry, name, blob(name), admin);
  }
  await pushBlob(registry, 'team/copy', CONFIG, admin);
  return { registry, users, tokens };
}

async function bearer(registry: MemoryRegistry, basic: string | undefined, ...scopes: string[]): Promise<string> {
  const query = scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join('&');
  const headers = basic === undefined ? {} : { authorization: basic };
  const reply = await registry.send({ method: 'GET', path: `/v2/token?service=devreg&${query}`, headers });
  return `Bearer ${(JSON.parse(reply.text) as { token: string }).token}`;
}

let started: Awaited<ReturnType<typeof startWithUsers>>;
beforeAll(async () => void (started = await startWithUsers()));
afterAll(() => started.registry[Symbol.asyncDispose]());

/** The Authorization header of each kind of client; undefined: none. */
async function credentials(kind: string): Promise<string | undefined> {
  const { registry, users, tokens } = started;
  const { admin, reader, writer } = users as Record<'admin' | 'reader' | 'writer', TestUser>;
  switch (kind) {
    case 'nothing':
      return undefined;
    case 'Basic without anything':
      return 'Basic';
    case 'empty Basic':
      return basicOf('', '');
    case 'a bearer for anybody':
      return bearer(registry, undefined, 'repository:team/app:pull');
    case 'a reader':
      return reader.basic;
    case 'a writer':
      return writer.basic;
    case 'a writer, in capitals':
      return basicOf('WRITER', writer.password);
    case 'an administrator':
      return admin.basic;
    case 'an access token':
      return basicOf('writer', tokens['whole'] ?? '');
    case 'an access token as bearer':
      return `Bearer ${tokens['whole']}`;
    case 'an access token as token':
      return `token ${tokens['whole']}`;
    case 'a narrow access token':
      return basicOf('writer', tokens['narrow'] ?? '');
    case 'a narrow access token of the administrator':
      return basicOf('admin', tokens['ofAdmin'] ?? '');
    case 'a bearer to pull':
      return bearer(registry, writer.basic, 'repository:team/app:pull');
    case 'a bearer to push':
      return bearer(registry, writer.basic, 'repository:team/app:pull,push', 'repository:team/copy:push');
    case 'a bearer for everything asked':
      return bearer(
        registry,
        admin.basic,
        ...['team/app', 'team/copy', 'secret/app'].map((name) => `repository:${name}:*`),
      );
    case 'a bearer for the catalog':
      return bearer(registry, writer.basic, 'registry:catalog:*');
    case 'a bearer of a narrow access token':
      return bearer(registry, basicOf('writer', tokens['narrow'] ?? ''), 'repository:team/app:*', 'registry:catalog:*');
    case 'a bearer for nothing':
      return bearer(registry, writer.basic);
    case 'an expired access token':
      return basicOf('writer', tokens['expired'] ?? '');
    case 'an expired access token as bearer':
      return `Bearer ${tokens['expired']}`;
    case 'an access token of somebody else':
      return basicOf('reader', tokens['whole'] ?? '');
    case 'a wrong password':
      return basicOf('writer', newPassword());
    case 'an unknown user':
      return basicOf('nobody', newPassword());
    case 'no password':
      return basicOf('writer', '');
    case 'a bearer nobody issued':
      return 'Bearer abc.def.ghi';
    case 'another scheme':
      return 'Digest username="writer"';
    default:
      throw new TypeError(kind);
  }
}

const ALL = ['public/app', 'secret/app', 'team/app', 'team/copy'];
const TEAM = ['public/app', 'team/app', 'team/copy'];
const PUBLIC = ['public/app'];
const NONE: [number, number, number, number, number, number, undefined, number] = [
  401,
  401,
  401,
  401,
  401,
  401,
  undefined,
  401,
];

/** Status of: ping, pull, push, delete, mount from readable, mount from unreadable; what the catalog shows; token. */
const TABLE: [
  kind: string,
  ping: number,
  pull: number,
  push: number,
  remove: number,
  mount: number,
  steal: number,
  catalog: string[] | undefined,
  token: number,
][] = [
  ['nothing', 401, 401, 401, 401, 401, 401, PUBLIC, 200],
  ['Basic without anything', 401, 401, 401, 401, 401, 401, PUBLIC, 200],
  ['empty Basic', 401, 401, 401, 401, 401, 401, PUBLIC, 200],
  ['a bearer for anybody', 200, 401, 401, 401, 401, 401, PUBLIC, 200],
  ['a reader', 200, 200, 403, 403, 403, 403, TEAM, 200],
  ['a writer', 200, 200, 202, 404, 201, 202, TEAM, 200],
  ['a writer, in capitals', 200, 200, 202, 404, 201, 202, TEAM, 200],
  ['an administrator', 200, 200, 202, 404, 201, 201, ALL, 200],
  ['an access token', 200, 200, 202, 404, 201, 202, TEAM, 200],
  ['an access token as bearer', 200, 200, 202, 404, 201, 202, TEAM, 200],
  ['an access token as token', 200, 200, 202, 404, 201, 202, TEAM, 200],
  ['a narrow access token', 200, 200, 403, 403, 403, 403, ['public/app', 'team/app'], 200],
  ['a narrow access token of the administrator', 200, 403, 403, 403, 403, 403, ['public/app', 'secret/app'], 200],
  ['a bearer to pull', 200, 200, 401, 401, 401, 401, ['public/app', 'team/app'], 200],
  ['a bearer to push', 200, 200, 202, 401, 201, 202, ['public/app', 'team/app'], 200],
  ['a bearer for everything asked', 200, 200, 202, 404, 201, 201, ALL, 200],
  ['a bearer for nothing', 200, 401, 401, 401, 401, 401, PUBLIC, 200],
  ['a bearer for the catalog', 200, 401, 401, 401, 401, 401, TEAM, 200],
  ['a bearer of a narrow access token', 200, 200, 403, 403, 403, 403, ['public/app', 'team/app'], 200],
  ['an expired access token', ...NONE],
  ['an expired access token as bearer', ...NONE],
  ['an access token of somebody else', ...NONE],
  ['a wrong password', ...NONE],
  ['an unknown user', ...NONE],
  ['no password', ...NONE],
  ['a bearer nobody issued', ...NONE],
  ['another scheme', ...NONE],
];

describe('a client with', () => {
  it.each(TABLE)('%s', async (kind, ping, pull, push, remove, mount, steal, catalog, token) => {
    const { registry } = started;
    const authorization = await credentials(kind);
    const headers = authorization === undefined ? {} : { authorization };
    const statusOf = async (method: string, path: string) => (await registry.send({ method, path, headers })).status;
    const mountFrom = (from: string) => `/v2/team/copy/blobs/uploads/?mount=${blob(from).digest}&from=${from}`;
    const listed = await registry.send({ method: 'GET', path: '/v2/_catalog', headers });
    expect({
      ping: await statusOf('GET', '/v2/'),
      pull: await statusOf('GET', '/v2/team/app/manifests/x'),
      push: await statusOf('POST', '/v2/team/app/blobs/uploads/'),
      remove: await statusOf('DELETE', '/v2/team/app/manifests/absent'),
      mount: await statusOf('POST', mountFrom('team/app')),
      steal: await statusOf('POST', mountFrom('secret/app')),
      catalog: (JSON.parse(listed.text) as { readonly repositories?: readonly string[] }).repositories,
      token: await statusOf('GET', '/v2/token?service=devreg&scope=repository:team/app:pull'),
    }).toEqual({ ping, pull, push, remove, mount, steal, catalog, token });
    expect(await statusOf('GET', '/v2/public/app/manifests/x')).toBe(catalog === undefined ? 401 : 200);
  });
});

describe('somebody without rights', () => {
  const digest = digestOf('absent');
  const requests = (name: string): [method: string, path: string][] => [
    ['GET', `/v2/${name}/manifests/x`],
    ['HEAD', `/v2/${name}/manifests/x`],
    ['PUT', `/v2/${name}/manifests/x`],
    ['PUT', `/v2/${name}/manifests/${digest}?tag=x`],
    ['DELETE', `/v2/${name}/manifests/x`],
    ['DELETE', `/v2/${name}/manifests/${digest}`],
    ['GET', `/v2/${name}/blobs/${CONFIG.digest}`],
    ['HEAD', `/v2/${name}/blobs/${CONFIG.digest}`],
    ['DELETE', `/v2/${name}/blobs/${CONFIG.digest}`],
    ['POST', `/v2/${name}/blobs/uploads/`],
    ['POST', `/v2/${name}/blobs/uploads/?digest=${layer.digest}`],
    ['POST', `/v2/${name}/blobs/uploads/?mount=${CONFIG.digest}&from=public/app`],
    ['GET', `/v2/${name}/blobs/uploads/x`],
    ['HEAD', `/v2/${name}/blobs/uploads/x`],
    ['PATCH', `/v2/${name}/blobs/uploads/x`],
    ['PUT', `/v2/${name}/blobs/uploads/x?digest=${layer.digest}`],
    ['DELETE', `/v2/${name}/blobs/uploads/x`],
    ['GET', `/v2/${name}/tags/list`],
    ['HEAD', `/v2/${name}/tags/list`],
    ['GET', `/v2/${name}/referrers/${digest}`],
    ['HEAD', `/v2/${name}/referrers/${digest}`],
  ];

  it('is refused by every endpoint, and cannot tell what is there', async () => {
    const { registry } = started;
    const replies = async (name: string) =>
      Promise.all(
        requests(name).map(async ([method, path]) => {
          const { status, text } = await registry.send({ method, path });
          return [method, path.replace(name, 'NAME'), status, text.replaceAll(name, 'NAME')];
        }),
      );
    const there = await replies('secret/app');
    expect(there.map(([, , status]) => status)).toEqual(there.map(() => 401));
    expect(await replies('secret/absent')).toEqual(there);
  });

  it('is refused as a user too', async () => {
    const { registry, users } = started;
    const headers = { authorization: users['reader']?.basic ?? '' };
    for (const [method, path] of requests('secret/app')) {
      const reply = await registry.send({ method, path, headers });
      expect([method, path, reply.status]).toEqual([method, path, 403]);
      if (method !== 'HEAD') expect(errorsOf(reply)[0]?.code).toBe('DENIED');
    }
  });
});

describe('an upload', () => {
  it('belongs to the user who began it', async () => {
    const { registry, users } = started;
    const as = (name: string) => ({ authorization: users[name]?.basic ?? '' });
    const begun = await converse(registry, [{ ask: 'POST /v2/team/app/blobs/uploads/', status: 202 }], as('writer'));
    const session = begun.headers.location ?? '';
    const gone = { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' };
    await converse(
      registry,
      [
        { ask: `GET ${session}`, ...gone },
        { ask: `PATCH ${session}`, body: 'x', ...gone },
        { ask: `PUT ${session}?digest=${layer.digest}`, body: layer.bytes, ...gone },
        { ask: `DELETE ${session}`, ...gone },
      ],
      as('admin'),
    );
    // Whatever credentials of theirs the user goes on with.
    const token = { authorization: basicOf('writer', started.tokens['whole'] ?? '') };
    await converse(registry, [{ ask: `PATCH ${session}`, body: 'lay', status: 202 }], token);
    await converse(registry, [{ ask: `PUT ${session}?digest=${layer.digest}`, body: 'er', status: 201 }], as('writer'));
  });
});

describe('a challenge', () => {
  it('names realm, service, and what a token is needed for', async () => {
    const { registry, users } = started;
    const realm = `http://${registry.host}/v2/token`;
    const challenge = async (method: string, path: string, authorization?: string) => {
      const reply = await registry.send({
        method,
        path,
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(reply.status).toBe(401);
      return parseChallenge(reply.headers['www-authenticate']);
    };
    const service = 'devreg';
    expect(await challenge('GET', '/v2/')).toEqual({ realm, service });
    expect(await challenge('GET', '/v2/_catalog', 'Bearer x')).toEqual({ realm, service });
    expect(await challenge('GET', '/v2/token', 'Bearer x')).toEqual({ realm, service });
    const pull = { realm, service, scope: 'repository:team/app:pull' };
    const push = { ...pull, scope: 'repository:team/app:pull,push' };
    expect(await challenge('HEAD', '/v2/team/app/manifests/x')).toEqual(pull);
    expect(await challenge('GET', '/v2/team/app/tags/list')).toEqual(pull);
    expect(await challenge('POST', '/v2/team/app/blobs/uploads/')).toEqual(push);
    expect(await challenge('PATCH', '/v2/team/app/blobs/uploads/x')).toEqual(push);
    expect(await challenge('PUT', '/v2/team/app/manifests/x')).toEqual(push);
    expect(await challenge('DELETE', '/v2/team/app/manifests/x')).toEqual({
      ...pull,
      scope: 'repository:team/app:delete',
    });
    expect(await challenge('PUT', '/v2/team/app/manifests/x', basicOf('writer', 'wrong'))).toEqual(push);
    const insufficient = { ...push, error: 'insufficient_scope' };
    const toPull = await bearer(registry, users['writer']?.basic, 'repository:team/app:pull');
    expect(await challenge('PUT', '/v2/team/app/manifests/x', toPull)).toEqual(insufficient);
  });
});

describe('a registry that is open', () => {
  it('lets anybody do everything, whatever credentials they send (S2-02)', async () => {
    await using registry = await startRegistry();
    const { digest } = await pushImage(registry, 'a', { as: 'x' });
    for (const authorization of [undefined, basicOf('anybody', 'anything'), 'Bearer x', 'Basic', 'Digest x']) {
      const headers = authorization === undefined ? {} : { authorization };
      await converse(
        registry,
        [
          { ask: 'GET /v2/', status: 200, is: '{}\n', has: { 'www-authenticate': undefined } },
          { ask: 'GET /v2/a/manifests/x', status: 200 },
          { ask: 'POST /v2/a/blobs/uploads/', status: 202 },
          { ask: `PUT /v2/a/manifests/${digest}?tag=y`, body: '{}', status: 400 },
          { ask: 'GET /v2/token?service=devreg', status: 200 },
        ],
        headers,
      );
    }
    await converse(registry, [{ ask: `DELETE /v2/a/manifests/${digest}`, status: 202 }]);
  });

  it('stops being so with its first user', async () => {
    await using registry = await startRegistry();
    await pushImage(registry, 'a', { as: 'x' });
    const user = await addUser(registry.metadata, 'first');
    await converse(registry, [
      { ask: 'GET /v2/', status: 401 },
      { ask: 'GET /v2/a/manifests/x', status: 200 },
      { ask: 'POST /v2/a/blobs/uploads/', status: 401 },
      { ask: 'POST /v2/a/blobs/uploads/', headers: { authorization: user.basic }, status: 403 },
    ]);
  });

  it('may be so beside users, by --anonymous-push', async () => {
    await using registry = await startRegistry({
      anonymousPush: true,
      accounts: (metadata) => addUser(metadata, 'user'),
    });
    await converse(registry, [
      { ask: 'GET /v2/', status: 200 },
      { ask: 'POST /v2/a/blobs/uploads/', status: 202 },
      { ask: 'GET /v2/', headers: { authorization: basicOf('user', 'wrong') }, status: 401 },
    ]);
  });
});

describe('by default', () => {
  it('anybody reads and users write what they were granted (S0-11, S0-12)', async () => {
    await using registry = await startRegistry({
      accounts: (metadata) => addUser(metadata, 'giteaAdmin', { isAdmin: true }),
    });
    await converse(registry, [
      { ask: 'GET /v2/giteaadmin/x/tags/list', status: 404, code: 'NAME_UNKNOWN' },
      { ask: 'POST /v2/giteaadmin/x/blobs/uploads/', status: 401, code: 'UNAUTHORIZED' },
      { ask: 'DELETE /v2/giteaadmin/x/manifests/x', status: 401, code: 'UNAUTHORIZED' },
      { ask: 'PUT /v2/giteaadmin/x/manifests/x', body: '{}', status: 401, code: 'UNAUTHORIZED' },
    ]);
  });

  it('user names are told apart without regard to case (S0-08)', async () => {
    let user: TestUser | undefined;
    await using registry = await startRegistry({
      accounts: async (metadata) => void (user = await addUser(metadata, 'giteaAdmin', { isAdmin: true })),
    });
    const password = user?.password ?? '';
    const rows = ['giteaAdmin', 'giteaadmin', 'GITEAADMIN'].map((name) => ({
      ask: 'POST /v2/giteaadmin/x/blobs/uploads/',
      headers: { authorization: basicOf(name, password) },
      status: 202,
    }));
    await converse(registry, rows);
    await converse(registry, [
      { ask: 'GET /v2/', headers: { authorization: basicOf('giteaAdmin', password.toUpperCase()) }, status: 401 },
    ]);
  });
});
