/** Routes: repositories below paths, of names (S0-25) and of servers behind proxies (S4-01, S4-02). */
import { describe, expect, it } from 'vitest';
import { OCI_MANIFEST } from '../../src/oci/media-types.ts';
import { parseRouteRule } from '../../src/registry/http/route.ts';
import { type TestUser, addUser, makePrivate } from '../support/accounts.ts';
import { CONFIG, blob, image, pushBlob, pushImage } from '../support/images.ts';
import {
  type MemoryRegistry,
  type RegistryOptions,
  type TestRegistry,
  startRegistry,
} from '../support/registry-server.ts';
import { startRewritingProxy } from '../support/rewriting-proxy.ts';
import { claimsOf, parseChallenge } from '../support/tokens.ts';
import { type WireReply, sendRequest } from '../support/wire.ts';
import { expectReplyRules } from '../support/wire-rules.ts';
import { converse } from '../support/wire-table.ts';

const layer = blob('layer');

function ruleOf(text: string) {
  const rule = parseRouteRule(text);
  if (rule === undefined) throw new TypeError(text);
  return rule;
}

describe('a path inside names (S0-25)', () => {
  const byPath = { host: 'cnoe.localtest.me:8443' };
  const byHost = { host: 'gitea.cnoe.localtest.me:8443' };
  const routes = [ruleOf('cnoe.localtest.me:8443/gitea=')];
  const NAME = 'giteaadmin/alpine';

  it('is the same image as without it', async () => {
    await using registry = await startRegistry({ routes });
    const manifest = image([layer]);
    await converse(
      registry,
      [
        {
          ask: `POST /v2/gitea/${NAME}/blobs/uploads/`,
          status: 202,
          has: { location: /^\/v2\/gitea\/giteaadmin\/alpine\/blobs\/uploads\// },
        },
        { ask: 'PATCH {location}', body: 'layer', status: 202 },
        {
          ask: `PUT {location}?digest=${layer.digest}`,
          status: 201,
          has: { location: `/v2/gitea/${NAME}/blobs/${layer.digest}` },
        },
        { ask: `HEAD {location}`, status: 200 },
        { ask: `POST /v2/gitea/${NAME}/blobs/uploads/?digest=${CONFIG.digest}`, body: CONFIG.bytes, status: 201 },
        {
          ask: `PUT /v2/gitea/${NAME}/manifests/latest`,
          headers: { 'content-type': OCI_MANIFEST },
          body: manifest.bytes,
          status: 201,
          has: { location: `/v2/gitea/${NAME}/manifests/${manifest.digest}` },
        },
        { ask: 'GET {location}', status: 200, is: manifest.bytes },
        { ask: `GET /v2/gitea/${NAME}/tags/list`, status: 200, is: { name: `gitea/${NAME}`, tags: ['latest'] } },
        { ask: `GET /v2/${NAME}/manifests/latest`, status: 200, is: manifest.bytes },
        { ask: 'GET /v2/_catalog', status: 200, is: { repositories: [NAME] } },
      ],
      byPath,
    );
    await converse(
      registry,
      [
        { ask: `GET /v2/${NAME}/manifests/latest`, status: 200, is: manifest.bytes },
        { ask: `GET /v2/${NAME}/tags/list`, status: 200, is: { name: NAME, tags: ['latest'] } },
        { ask: `GET /v2/gitea/${NAME}/manifests/latest`, status: 404, code: 'NAME_UNKNOWN' },
        { ask: 'GET /v2/_catalog', status: 200, is: { repositories: [NAME] } },
      ],
      byHost,
    );
  });

  it('may stand before /v2 as well', async () => {
    await using registry = await startRegistry({ routes });
    const { bytes } = await pushImage(registry, NAME, { as: 'x' });
    await converse(registry, [{ ask: `GET /gitea/v2/${NAME}/manifests/x`, status: 200, is: bytes }], byPath);
    await converse(registry, [{ ask: `GET /gitea/v2/${NAME}/manifests/x`, status: 404, code: 'UNSUPPORTED' }], byHost);
  });

  it('is meant in scopes and mounts too', async () => {
    const users: TestUser[] = [];
    await using registry = await startRegistry({
      routes,
      async accounts(metadata) {
        await makePrivate(metadata);
        users.push(await addUser(metadata, 'user', { grants: [{ pattern: 'team/*', actions: ['pull', 'push'] }] }));
      },
    });
    const basic = { ...byPath, authorization: users[0]?.basic ?? '' };
    const refused = await converse(registry, [
      { ask: 'POST /v2/gitea/team/b/blobs/uploads/', headers: byPath, status: 401 },
    ]);
    const { scope, realm } = parseChallenge(refused.headers['www-authenticate']);
    expect([scope, realm]).toEqual(['repository:gitea/team/b:pull,push', 'http://cnoe.localtest.me:8443/v2/token']);
    const query = `scope=${scope}&scope=repository:gitea/team/a:pull`;
    const reply = await converse(registry, [{ ask: `GET /v2/token?${query}`, status: 200 }], basic);
    const { token } = JSON.parse(reply.text) as { readonly token: string };
    expect(claimsOf(token).access?.map(({ name }) => name)).toEqual(['team/b', 'team/a']);
    await pushBlob(registry, 'team/a', layer, basic);
    const mount = `POST /v2/gitea/team/b/blobs/uploads/?mount=${layer.digest}&from=gitea/team/a`;
    await converse(
      registry,
      [{ ask: mount, status: 201, has: { location: `/v2/gitea/team/b/blobs/${layer.digest}` } }],
      {
        ...byPath,
        authorization: `Bearer ${token}`,
      },
    );
    await converse(registry, [{ ask: `GET /v2/team/b/blobs/${layer.digest}`, status: 200 }], basic);
  });
});

/** A view of a registry through a proxy; it remembers all that came back. */
function through(port: number): Pick<TestRegistry, 'send'> & { readonly replies: WireReply[] } {
  const replies: WireReply[] = [];
  return {
    replies,
    async send(request) {
      const reply = await sendRequest(port, request);
      expectReplyRules(request, reply);
      replies.push(reply);
      return reply;
    },
  };
}

describe.each([true, false])(
  'named repositories behind a proxy that rewrites (S4-01, S4-02), X-Forwarded-*: %j',
  (isTelling) => {
    const start = async (options: RegistryOptions = {}) => {
      await using opened = new AsyncDisposableStack();
      const registry: MemoryRegistry = opened.use(await startRegistry(options));
      const proxy = opened.use(await startRewritingProxy(registry.port, '/repositories/oci/docker', isTelling));
      const resources = opened.move();
      return { registry, proxy, view: through(proxy.port), [Symbol.asyncDispose]: () => resources.disposeAsync() };
    };
    const inner = /\/repositories\/|oci\/docker|docker\//;
    const leaks = (replies: readonly WireReply[]) =>
      replies.flatMap(({ rawHeaders, text }) => [...rawHeaders, text]).filter((text) => inner.test(text));

    it('take a push and give it back, and nobody sees the inner path', async () => {
      await using started = await start();
      const { registry, view } = started;
      const manifest = image([layer], { subject: CONFIG });
      await converse(view, [
        { ask: 'GET /v2/', status: 200 },
        {
          ask: 'POST /v2/x/blobs/uploads/',
          status: 202,
          has: { location: /^\/v2\/x\/blobs\/uploads\/[0-9a-f-]{36}$/ },
        },
        { ask: 'PATCH {location}', body: 'lay', status: 202 },
        { ask: 'GET {location}', status: 204, has: { range: '0-2' } },
        {
          ask: `PUT {location}?digest=${layer.digest}`,
          body: 'er',
          status: 201,
          has: { location: `/v2/x/blobs/${layer.digest}` },
        },
        { ask: 'GET {location}', status: 200, is: 'layer' },
        { ask: `POST /v2/x/blobs/uploads/?digest=${CONFIG.digest}`, body: CONFIG.bytes, status: 201 },
        {
          ask: `PUT /v2/x/manifests/latest`,
          headers: { 'content-type': OCI_MANIFEST },
          body: manifest.bytes,
          status: 201,
          has: { location: `/v2/x/manifests/${manifest.digest}` },
        },
        { ask: 'GET {location}', status: 200, is: manifest.bytes },
        { ask: `GET /v2/x/referrers/${CONFIG.digest}?n=1`, status: 200 },
        {
          ask: `POST /v2/team/y/blobs/uploads/?mount=${layer.digest}&from=x`,
          status: 201,
          has: { location: `/v2/team/y/blobs/${layer.digest}` },
        },
        { ask: `POST /v2/z/blobs/uploads/?mount=${layer.digest}`, status: 201 },
        { ask: 'GET /v2/x/tags/list', status: 200, is: { name: 'x', tags: ['latest'] } },
        { ask: 'GET /v2/_catalog', status: 200, is: { repositories: ['team/y', 'x', 'z'] } },
        {
          ask: 'GET /v2/_catalog?n=2',
          status: 200,
          is: { repositories: ['team/y', 'x'] },
          has: { link: '</v2/_catalog?n=2&last=x>; rel="next"' },
        },
        { ask: 'GET /v2/_catalog?n=2&last=x', status: 200, is: { repositories: ['z'] }, has: { link: undefined } },
        { ask: 'GET /v2/absent/tags/list', status: 404, code: 'NAME_UNKNOWN' },
        { ask: 'GET /v2/ABSENT/tags/list', status: 400, code: 'NAME_INVALID' },
        { ask: `GET /v2/${'a'.repeat(250)}/tags/list`, status: 400, code: 'NAME_INVALID' },
        { ask: 'GET /nothing', status: 404, code: 'UNSUPPORTED' },
        { ask: 'POST /v2/', status: 405 },
      ]);
      expect(leaks(view.replies)).toEqual([]);
      await converse(registry, [
        { ask: 'GET /v2/docker/x/manifests/latest', status: 200, is: manifest.bytes },
        { ask: 'GET /v2/x/manifests/latest', status: 404 },
        { ask: 'GET /repositories/oci/other/v2/x/manifests/latest', status: 404, code: 'NAME_UNKNOWN' },
        { ask: 'GET /repositories/oci/other/v2/_catalog', status: 200, is: { repositories: [] } },
        { ask: 'GET /v2/_catalog', status: 200, is: { repositories: ['docker/team/y', 'docker/x', 'docker/z'] } },
      ]);
    });

    it('ask for a log-in that works from outside', async () => {
      const users: TestUser[] = [];
      await using started = await start({
        async accounts(metadata) {
          await makePrivate(metadata);
          users.push(
            await addUser(metadata, 'user', { grants: [{ pattern: 'docker/**', actions: ['pull', 'push'] }] }),
          );
          await addUser(metadata, 'stranger', { grants: [{ pattern: 'x', actions: ['pull', 'push'] }] });
        },
      });
      const { proxy, registry, view } = started;
      const refused = await converse(view, [{ ask: 'POST /v2/x/blobs/uploads/', status: 401 }]);
      const challenge = parseChallenge(refused.headers['www-authenticate']);
      expect(challenge).toEqual({
        realm: `http://${proxy.host}/v2/token`,
        service: 'devreg',
        scope: 'repository:x:pull,push',
      });
      const ask = `GET ${new URL(challenge['realm'] ?? '').pathname}?service=devreg&scope=${challenge['scope']}`;
      const { text } = await converse(view, [{ ask, headers: { authorization: users[0]?.basic ?? '' }, status: 200 }]);
      const { token } = JSON.parse(text) as { readonly token: string };
      expect(claimsOf(token).access).toEqual([{ type: 'repository', name: 'docker/x', actions: ['pull', 'push'] }]);
      const bearer = { authorization: `Bearer ${token}` };
      await converse(
        view,
        [
          { ask: `POST /v2/x/blobs/uploads/?digest=${layer.digest}`, body: 'layer', status: 201 },
          { ask: 'GET {location}', status: 200, is: 'layer' },
          { ask: `POST /v2/y/blobs/uploads/`, status: 401 },
        ],
        bearer,
      );
      await converse(registry, [{ ask: `GET /v2/docker/x/blobs/${layer.digest}`, status: 200 }], bearer);
      // The same words elsewhere are another repository.
      await converse(registry, [{ ask: `GET /v2/x/blobs/${layer.digest}`, status: 403 }], {
        authorization: users[0]?.basic ?? '',
      });
      expect(leaks(view.replies.filter(({ text: body }) => !body.includes('token')))).toEqual([]);
    });

    it('do not mount from one another', async () => {
      await using started = await start();
      const { registry, view } = started;
      await pushBlob(registry, 'other/x', layer);
      await converse(view, [
        { ask: `POST /v2/x/blobs/uploads/?mount=${layer.digest}&from=other/x`, status: 202 },
        { ask: `POST /v2/x/blobs/uploads/?mount=${layer.digest}&from=x`, status: 202 },
      ]);
    });
  },
);
