/** The host that containerd names for mirrors, by `?ns=`: nodes that come by another address mean what people wrote. */
import { describe, expect, it } from 'vitest';
import { parseRouteRule } from '../../src/registry/http/route.ts';
import { type TestUser, addUser, makePrivate } from '../support/accounts.ts';
import { blob, pushBlob, pushImage } from '../support/images.ts';
import { startRegistry } from '../support/registry-server.ts';
import { claimsOf, parseChallenge } from '../support/tokens.ts';
import { converse } from '../support/wire-table.ts';

const rule = parseRouteRule('cnoe.localtest.me:8443/gitea=');
const routes = rule === undefined ? [] : [rule];
const node = { host: '10.96.0.99:5000' };
const NS = 'ns=cnoe.localtest.me%3A8443';
const layer = blob('layer');

describe('a namespace', () => {
  it('names the host whose routes count', async () => {
    await using registry = await startRegistry({ routes });
    const { bytes, digest } = await pushImage(registry, 'owner/app', { as: 'x' });
    await converse(
      registry,
      [
        { ask: `GET /v2/gitea/owner/app/manifests/x?${NS}`, status: 200, is: bytes },
        { ask: `HEAD /v2/gitea/owner/app/manifests/${digest}?${NS.replace('%3A', ':')}`, status: 200 },
        { ask: `GET /v2/owner/app/manifests/x?${NS}`, status: 200, is: bytes },
        { ask: 'GET /v2/gitea/owner/app/manifests/x', status: 404, code: 'NAME_UNKNOWN' },
        { ask: 'GET /v2/gitea/owner/app/manifests/x?ns=other.test', status: 404, code: 'NAME_UNKNOWN' },
        { ask: `GET /gitea/v2/owner/app/manifests/x?${NS}`, status: 200, is: bytes },
        {
          ask: `GET /v2/gitea/owner/app/tags/list?n=1&${NS}`,
          status: 200,
          is: { name: 'gitea/owner/app', tags: ['x'] },
        },
      ],
      node,
    );
  });

  it('does not count before the host of the request when it is no host', async () => {
    await using registry = await startRegistry({ routes });
    const { bytes } = await pushImage(registry, 'owner/app', { as: 'x' });
    const rows = ['ns=', 'ns=a%22b', 'ns=a/b', 'ns=%00', 'ns', 'xns=other.test', 'ns=http://other.test'].map(
      (query) => ({
        ask: `GET /v2/gitea/owner/app/manifests/x?${query}`,
        status: 200,
        is: bytes,
      }),
    );
    await converse(registry, rows, { host: 'cnoe.localtest.me:8443' });
  });

  it('is in the realm, so that a token is for the same repository', async () => {
    const users: TestUser[] = [];
    await using registry = await startRegistry({
      routes,
      async accounts(metadata) {
        await makePrivate(metadata);
        users.push(await addUser(metadata, 'user', { isAdmin: true }));
      },
    });
    const basic = { authorization: users[0]?.basic ?? '' };
    await pushBlob(registry, 'owner/app', layer, basic);
    const blobPath = `/v2/gitea/owner/app/blobs/${layer.digest}?${NS}`;
    const refused = await converse(registry, [{ ask: `GET ${blobPath}`, status: 401 }], node);
    const { realm = '', scope } = parseChallenge(refused.headers['www-authenticate']);
    expect(realm).toBe(`http://10.96.0.99:5000/v2/token?${NS}`);
    const { pathname, search } = new URL(realm);
    const ask = `GET ${pathname}${search}&scope=${scope}`;
    const { text } = await converse(registry, [{ ask, status: 200 }], { ...node, ...basic });
    const { token } = JSON.parse(text) as { readonly token: string };
    expect(claimsOf(token).access?.map(({ name }) => name)).toEqual(['owner/app']);
    const bearer = { ...node, authorization: `Bearer ${token}` };
    await converse(registry, [{ ask: `GET ${blobPath}`, status: 200, is: 'layer' }], bearer);
  });
});
