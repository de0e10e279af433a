/** What probes are answered, and that they leave no trace in the log. */
import { describe, expect, it } from 'vitest';
import { addUser, makePrivate } from '../../support/accounts.ts';
import { startRegistry } from '../../support/registry-server.ts';
import { converse } from '../../support/wire-table.ts';

describe.each(['/healthz', '/readyz', '/livez'])('%s', (path) => {
  it('is answered to anybody, also where nobody may read', async () => {
    await using registry = await startRegistry({
      async accounts(metadata) {
        await makePrivate(metadata);
        await addUser(metadata, 'user');
      },
    });
    await converse(registry, [
      { ask: 'GET /v2/', status: 401 },
      { ask: `GET ${path}`, status: 200, is: { status: 'ok' }, has: { 'cache-control': 'no-store' } },
      { ask: `HEAD ${path}?verbose`, status: 200 },
      { ask: `POST ${path}`, status: 405, has: { allow: 'GET, HEAD' } },
      { ask: `GET ${path}/`, status: 404 },
      { ask: `GET /v2${path}`, status: 404 },
    ]);
    const logged = registry.log.filter(({ event }) => event === 'request').map(({ fields }) => fields);
    expect(logged.map(({ path: of, status }) => `${of} ${status}`)).toEqual([
      '/v2/ 401',
      `${path} 405`,
      `${path}/ 404`,
      `/v2${path} 404`,
    ]);
  });
});

describe.each(['/healthz', '/readyz'])('%s', (path) => {
  it('fails when the metadata do not answer', async () => {
    await using registry = await startRegistry({ mayFail: true });
    await registry.metadata[Symbol.asyncDispose]();
    const { status } = await registry.send({ method: 'GET', path });
    expect(status).toBeGreaterThanOrEqual(500);
  });
});

it('/livez is answered when the metadata do not', async () => {
  await using registry = await startRegistry({ mayFail: true });
  await registry.metadata[Symbol.asyncDispose]();
  const authorization = 'Basic not even that';
  await converse(registry, [{ ask: 'GET /livez', headers: { authorization }, status: 200, is: { status: 'ok' } }]);
});
