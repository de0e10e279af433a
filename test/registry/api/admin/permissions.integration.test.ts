/** Permissions and policies over the API: who may do what where, owners of names, tags that stay. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OCI_MANIFEST } from '../../../../src/oci/media-types.ts';
import { basicOf, newPassword } from '../../../support/accounts.ts';
import { blob, pushImage } from '../../../support/images.ts';
import { type ManagedRegistry, startManagedRegistry } from '../../../support/managed-registry.ts';
import { converse } from '../../../support/wire-table.ts';
import { errorsOf } from '../../../support/wire-rules.ts';

let managed: ManagedRegistry;
const passwords = new Map(['ann', 'bob'].map((name) => [name, newPassword()]));
const by = (name: string) => basicOf(name, passwords.get(name) ?? '');
beforeAll(async () => {
  managed = await startManagedRegistry();
  for (const [name, password] of passwords) await ask('POST users', { name, password });
});
afterAll(() => managed[Symbol.asyncDispose]());

const ask = (line: string, value?: unknown) => managed.api(line, managed.admin.basic, value);
const listed = async (as = managed.admin.basic) =>
  ((await managed.api('GET permissions', as)).json as { readonly permissions: unknown }).permissions;

describe('permissions', () => {
  it('add up, are listed, and are taken away', async () => {
    const grant = (grantee: string, pattern: string, ...actions: string[]) =>
      ask('POST permissions', { grantee, pattern, actions });
    expect((await grant('anonymous', 'public/**', 'pull')).status).toBe(201);
    expect((await grant('authenticated', 'team/**', 'pull')).status).toBe(201);
    expect((await grant('ANN', 'team/*', 'push')).json).toEqual({
      grantee: 'ann',
      pattern: 'team/*',
      actions: ['push'],
    });
    expect((await grant('ann', 'team/*', 'delete', 'push')).json).toMatchObject({ actions: ['push', 'delete'] });
    expect(await listed()).toEqual([
      { grantee: 'anonymous', pattern: 'public/**', actions: ['pull'] },
      { grantee: 'authenticated', pattern: 'team/**', actions: ['pull'] },
      { grantee: 'ann', pattern: 'team/*', actions: ['push', 'delete'] },
    ]);
    expect(await listed(by('ann'))).toEqual([{ grantee: 'ann', pattern: 'team/*', actions: ['push', 'delete'] }]);
    expect(await listed(by('bob'))).toEqual([]);
    const revoke = async (query: string) => (await ask(`DELETE permissions?${query}`)).status;
    expect(await revoke('grantee=ann&pattern=team/*&actions=push,pull')).toBe(204);
    expect(await revoke('grantee=ann&pattern=team/*&actions=push')).toBe(404);
    expect(await revoke('grantee=bob&pattern=team/*')).toBe(404);
    expect(await revoke('grantee=ann&pattern=team/**')).toBe(404);
    expect(await revoke('grantee=nobody&pattern=team/*')).toBe(404);
    expect(await revoke('grantee=ann&pattern=team/*')).toBe(204);
    expect(await revoke('grantee=anonymous&pattern=public/**')).toBe(204);
    expect(await revoke('grantee=authenticated&pattern=team/**')).toBe(204);
    expect(await listed()).toEqual([]);
  });

  it.each([
    ['DELETE permissions?grantee=ann&pattern=team/*&action=push', 'a parameter that is not known'],
    ['DELETE permissions?grantee=ann&pattern=team/*&pattern=**', 'a parameter twice'],
    ['DELETE permissions?grantee=ann&pattern=team/*&actions=', 'no action'],
    ['DELETE permissions?pattern=team/*', 'nobody'],
    ['DELETE permissions?grantee=ann', 'nothing'],
  ])('%s is refused for %s', async (line) => {
    await ask('POST permissions', { grantee: 'ann', pattern: 'team/*', actions: ['push'] });
    expect((await ask(line)).status).toBe(400);
    expect(await listed()).toEqual([{ grantee: 'ann', pattern: 'team/*', actions: ['push'] }]);
    await ask('DELETE permissions?grantee=ann&pattern=team/*');
  });

  it.each([
    { grantee: 'ann', pattern: 'Team/*', actions: ['pull'] },
    { grantee: 'ann', pattern: '', actions: ['pull'] },
    { grantee: 'ann', pattern: '*', actions: [] },
    { grantee: 'ann', pattern: '*', actions: ['fly'] },
    { grantee: 'ann', pattern: '*', actions: 'pull' },
    { grantee: 'anonymous', pattern: '*', actions: ['admin'] },
    { grantee: 1, pattern: '*', actions: ['pull'] },
    { grantee: 'ann', pattern: '*', actions: ['pull'], id: 1 },
  ])('are not made of %j', async (value) => {
    const reply = await ask('POST permissions', value);
    expect({ status: reply.status, code: errorsOf(reply)[0]?.code }).toEqual({ status: 400, code: 'VALUE_INVALID' });
  });

  it('are given by administrators of repositories, in these and nowhere else', async () => {
    await ask('POST permissions', { grantee: 'ann', pattern: 'team/**', actions: ['admin'] });
    const value = (pattern: string) => ({ grantee: 'bob', pattern, actions: ['push'] });
    const grant = async (pattern: string) => (await managed.api('POST permissions', by('ann'), value(pattern))).status;
    expect(await grant('team/app')).toBe(201);
    for (const pattern of ['**', '*/app', 'teams/app', 'other', 'te*/**']) expect(await grant(pattern)).toBe(403);
    expect((await managed.api('POST permissions', by('bob'), value('team/app'))).status).toBe(403);
    expect(await listed(by('ann'))).toEqual([
      { grantee: 'ann', pattern: 'team/**', actions: ['admin'] },
      { grantee: 'bob', pattern: 'team/app', actions: ['push'] },
    ]);
    expect((await managed.api('DELETE permissions?grantee=bob&pattern=team/app', by('ann'))).status).toBe(204);
    expect((await managed.api('DELETE permissions?grantee=ann&pattern=team/**', by('bob'))).status).toBe(403);
    await ask('DELETE permissions?grantee=ann&pattern=team/**');
  });
});

describe('policies', () => {
  const policies = async () => (await ask('GET policies')).json;

  it('are kept once, listed, and removed by the same words', async () => {
    expect((await ask('POST policies', { kind: 'require-owner' })).json).toEqual({
      kind: 'require-owner',
      pattern: '**',
      tags: null,
    });
    const tags = { kind: 'immutable-tags', pattern: 'team/**', tags: 'v*' };
    for (const _ of [1, 2]) expect((await ask('POST policies', tags)).json).toEqual(tags);
    expect(await policies()).toEqual({ policies: [{ kind: 'require-owner', pattern: '**', tags: null }, tags] });
    expect((await ask('DELETE policies?kind=immutable-tags&pattern=team/**')).status).toBe(404);
    expect((await ask('DELETE policies?kind=immutable-tags&pattern=team/**&tags=v*')).status).toBe(204);
    expect((await ask('DELETE policies?kind=require-owner')).status).toBe(204);
    expect(await policies()).toEqual({ policies: [] });
  });

  it.each([
    {},
    { kind: 'x' },
    { kind: 'require-owner', tags: 'v*' },
    { kind: 'require-owner', pattern: 'A' },
    { kind: 'immutable-tags', tags: 'a b' },
    { kind: 'immutable-tags', tags: '' },
  ])('are not made of %j', async (value) => {
    expect((await ask('POST policies', value)).status).toBe(400);
  });

  it('give names to their owners, in the words clients show (S0-10)', async () => {
    await ask('POST permissions', { grantee: 'ann', pattern: '**', actions: ['push', 'pull'] });
    await ask('POST policies', { kind: 'require-owner' });
    const { registry } = managed;
    const refused = await converse(
      registry,
      [{ ask: 'POST /v2/team/app/blobs/uploads/', status: 403, code: 'DENIED' }],
      {
        authorization: by('ann'),
      },
    );
    expect(errorsOf(refused)[0]?.message).toContain('ann pushes to ann/… only');
    await pushImage(registry, 'bob/app', { as: 'x', headers: { authorization: by('bob') } });
    await converse(registry, [{ ask: 'GET /v2/bob/app/manifests/x', status: 200 }], { authorization: by('bob') });
    await ask('DELETE policies?kind=require-owner');
    await converse(registry, [{ ask: 'POST /v2/team/app/blobs/uploads/', status: 202 }], { authorization: by('ann') });
    await converse(registry, [{ ask: 'POST /v2/bob/app/blobs/uploads/', status: 403 }], { authorization: by('bob') });
  });

  it('keep tags, by whatever way they would move or go', async () => {
    const { registry, admin } = managed;
    const headers = { authorization: admin.basic };
    await ask('POST policies', { kind: 'immutable-tags', pattern: 'kept/**', tags: 'v*' });
    const first = await pushImage(registry, 'kept/app', { as: 'v1', headers });
    await pushImage(registry, 'kept/app', { as: 'v1', headers });
    const second = await pushImage(registry, 'kept/app', { as: 'latest', layers: [blob('other')], headers });
    const json = { 'content-type': OCI_MANIFEST };
    const denied = { status: 409, code: 'DENIED' };
    await converse(
      registry,
      [
        { ask: 'PUT /v2/kept/app/manifests/v1', body: second.bytes, headers: json, ...denied },
        { ask: `PUT /v2/kept/app/manifests/${second.digest}?tag=v1`, body: second.bytes, headers: json, ...denied },
        { ask: `PUT /v2/kept/app/manifests/new?tag=a&tag=v1`, body: second.bytes, headers: json, ...denied },
        { ask: 'GET /v2/kept/app/manifests/a', status: 404 },
        { ask: 'DELETE /v2/kept/app/manifests/v1', ...denied },
        { ask: `DELETE /v2/kept/app/manifests/${first.digest}`, ...denied },
        { ask: 'HEAD /v2/kept/app/manifests/v1', status: 200, has: { 'docker-content-digest': first.digest } },
        { ask: 'DELETE /v2/kept/app/manifests/v9', status: 404 },
        { ask: 'DELETE /v2/kept/app/manifests/latest', status: 202 },
        { ask: `DELETE /v2/kept/app/manifests/${second.digest}`, status: 202 },
      ],
      headers,
    );
    await ask('DELETE policies?kind=immutable-tags&pattern=kept/**&tags=v*');
    await converse(registry, [{ ask: 'DELETE /v2/kept/app/manifests/v1', status: 202 }], headers);
  });
});
