/** The lines about writes: one for each, whatever became of it, with who and what, and without secrets. */
import { expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { addAccessToken, addUser, basicOf, newPassword } from '../support/accounts.ts';
import { CONFIG, blob, image, pushBlob, pushManifest } from '../support/images.ts';
import { type MemoryRegistry, startRegistry } from '../support/registry-server.ts';
import { converse } from '../support/wire-table.ts';

async function start() {
  const names = new Map<string, string>();
  const registry = await startRegistry({
    async accounts(metadata) {
      const root = await addUser(metadata, 'root', { isAdmin: true });
      const reader = await addUser(metadata, 'reader');
      names.set('root', root.basic).set('reader', reader.basic);
      names.set('token', basicOf('root', await addAccessToken(metadata, root)));
    },
  });
  const as = (name: string) => ({ authorization: names.get(name) ?? '' });
  return { registry, as };
}

/** What lines say, without what every one has. */
function audited({ log }: MemoryRegistry): object[] {
  return log
    .filter(({ event }) => event === 'audit')
    .map(({ fields: { request: _request, client: _client, ...rest } }) =>
      Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    );
}

const LAYER = blob('a layer');
const done = (deed: string, status: number, more: object) => ({ user: 'root', deed, outcome: 'done', status, ...more });

it('tells of pushes, mounts and deletions', async () => {
  const { registry, as } = await start();
  await using _ = registry;
  const headers = as('root');
  const manifest = image([LAYER]);
  const { digest } = LAYER;
  await pushBlob(registry, 'team/app', LAYER, headers);
  await pushBlob(registry, 'team/app', CONFIG, headers);
  await pushManifest(registry, 'team/app', manifest, { as: 'v1', headers });
  await converse(registry, [
    { ask: `POST /v2/team/other/blobs/uploads/?mount=${digest}&from=team/app`, headers, status: 201 },
    { ask: `DELETE /v2/team/other/blobs/${digest}`, headers, status: 202 },
    { ask: 'DELETE /v2/team/app/manifests/v1', headers: as('token'), status: 202 },
    { ask: `DELETE /v2/team/app/manifests/${manifest.digest}`, headers, status: 202 },
    { ask: `GET /v2/team/app/blobs/${digest}`, headers, status: 200 },
  ]);
  const app = { repository: 'team/app' };
  expect(audited(registry)).toEqual([
    done('blob.push', 201, { ...app, digest }),
    done('blob.push', 201, { ...app, digest: CONFIG.digest }),
    done('manifest.push', 201, { ...app, reference: 'v1', digest: manifest.digest }),
    done('blob.mount', 201, { repository: 'team/other', digest }),
    done('blob.delete', 202, { repository: 'team/other', digest }),
    done('tag.delete', 202, { ...app, reference: 'v1', token: expect.any(Number) as number }),
    done('manifest.delete', 202, { ...app, reference: manifest.digest, digest: manifest.digest }),
  ]);
  const ids = (event: string) => registry.log.filter((line) => line.event === event).map(({ fields }) => fields);
  const requests = new Map(ids('request').map((fields) => [fields['request'], fields]));
  for (const { request, client, user, token } of ids('audit'))
    expect(requests.get(request)).toMatchObject({ client, user, token });
});

it('tells of a session when it ends, and not of its pieces', async () => {
  const { registry, as } = await start();
  await using _ = registry;
  const headers = as('root');
  const begin = async () => {
    const reply = await registry.send({ method: 'POST', path: '/v2/team/app/blobs/uploads/', headers });
    return reply.headers.location ?? '';
  };
  const [first, second] = [await begin(), await begin()];
  await registry.send({ method: 'PATCH', path: first, headers, body: LAYER.bytes });
  await converse(registry, [
    { ask: `PUT ${first}?digest=${LAYER.digest}`, headers, status: 201 },
    { ask: `DELETE ${second}`, headers, status: 204 },
    { ask: `PATCH ${second}`, headers, status: 404 },
  ]);
  const repository = 'team/app';
  expect(audited(registry)).toEqual([
    done('blob.push', 201, { repository, digest: LAYER.digest }),
    done('upload.cancel', 204, { repository }),
    { ...done('blob.push', 404, { repository }), outcome: 'refused' },
  ]);
});

it('tells of what was refused, and writes down nothing that is not valid', async () => {
  const { registry, as } = await start();
  await using _ = registry;
  const digest = digestOf('absent');
  await converse(registry, [
    { ask: 'PUT /v2/team/app/manifests/v1', status: 401 },
    { ask: 'PUT /v2/team/app/manifests/v1', headers: { authorization: basicOf('root', newPassword()) }, status: 401 },
    { ask: 'POST /v2/team/app/blobs/uploads/', headers: as('reader'), status: 403 },
    { ask: `DELETE /v2/team/app/blobs/${digest}`, headers: as('root'), status: 404 },
    { ask: 'PUT /v2/team/app/manifests/not%20a%20tag%0A', headers: as('root'), status: 400 },
    { ask: 'PUT /v2/TEAM/manifests/v1', headers: as('root'), status: 400 },
    { ask: 'POST /api/devreg/v1/users', headers: as('reader'), status: 403 },
  ]);
  const repository = 'team/app';
  const refused = (deed: string, status: number, more: object) => ({ deed, outcome: 'refused', status, ...more });
  expect(audited(registry)).toEqual([
    refused('manifest.push', 401, { repository, reference: 'v1' }),
    refused('manifest.push', 401, { repository, reference: 'v1' }),
    refused('blob.push', 403, { user: 'reader', repository }),
    refused('blob.delete', 404, { user: 'root', repository, digest }),
    refused('manifest.push', 400, { user: 'root', repository }),
    refused('manifest.push', 400, {}),
    refused('user.add', 403, { user: 'reader' }),
  ]);
});

it('tells of accounts, and of no secret', async () => {
  const { registry, as } = await start();
  await using _ = registry;
  const password = newPassword();
  const tell = async (method: string, path: string, body?: object) => {
    const headers = { ...as('root'), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const reply = await registry.send({ method, path: `/api/devreg/v1/${path}`, headers, ...text });
    return reply.text;
  };
  await tell('POST', 'users', { name: 'alice', password });
  await tell('PUT', 'users/alice/password', { password: `${password}2` });
  const token = await tell('POST', 'users/alice/tokens', { name: 'ci' });
  await tell('DELETE', 'users/alice/tokens/ci');
  await tell('POST', 'permissions', { grantee: 'alice', pattern: 'a/**', actions: ['pull', 'push'] });
  await tell('DELETE', 'permissions?grantee=alice&pattern=a/**&actions=push');
  await tell('POST', 'policies', { kind: 'immutable-tags', pattern: 'a/**', tags: 'v*' });
  await tell('DELETE', 'policies?kind=immutable-tags&pattern=a/**&tags=v*');
  await tell('DELETE', 'users/alice');
  await tell('GET', 'users');
  expect(audited(registry)).toEqual([
    done('user.add', 201, { subject: 'alice' }),
    done('user.password', 204, { subject: 'alice' }),
    done('token.create', 201, { subject: 'alice ci' }),
    done('token.revoke', 204, { subject: 'alice ci' }),
    done('permission.grant', 201, { subject: 'alice a/** pull,push' }),
    done('permission.revoke', 204, { subject: 'alice a/** push' }),
    done('policy.add', 201, { subject: 'immutable-tags a/** v*' }),
    done('policy.remove', 204, { subject: 'immutable-tags a/** v*' }),
    done('user.remove', 204, { subject: 'alice' }),
  ]);
  const log = JSON.stringify(registry.log);
  expect(log).not.toContain(password);
  expect(log).not.toContain((JSON.parse(token) as { readonly token: string }).token);
});
