/** The wire, "Errors": paths nobody serves, methods no path has, and requests that are none. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { CONFIG, blob, image, pushBlob, pushImage, pushManifest } from '../../support/images.ts';
import { startRegistry } from '../../support/registry-server.ts';
import { storedContent } from '../../support/stored-content.ts';
import { converse } from '../../support/wire-table.ts';
import { errorsOf, expectReplyRules } from '../../support/wire-rules.ts';

const DIGEST = digestOf('x');
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];

describe('a path that is none', () => {
  const paths = [
    '/',
    '/v1/_ping',
    '/v2x',
    '/V2/',
    '/v2/x',
    '/v2/a/b',
    '/v2/a/tags',
    '/v2/a/tags/',
    '/v2/a/tags/lists',
    '/v2/a/b/c/d',
    '/v2/_catalog/',
    '/v2/token/x',
    '/v2/a/uploads/x',
    '/api/v2/',
    '//v2/',
    '/v2//',
    '/v2//_catalog',
    '/favicon.ico',
    '/v2/manifests/x',
    '/v2/blobs/uploads/',
    '/v2/a/blobs/uploads/x/y',
    '/repositories/oci/',
    '/repositories/oci/x',
    '*',
  ];

  it.each(METHODS)('is 404 to %s', async (method) => {
    await using registry = await startRegistry();
    await converse(
      registry,
      paths.map((path) => ({
        ask: `${method} ${path}`,
        status: 404,
        ...(method === 'HEAD' ? {} : { code: 'UNSUPPORTED' }),
      })),
    );
  });
});

describe('a method a path does not have', () => {
  const understood: [path: string, allow: string][] = [
    ['/v2/', 'GET, HEAD'],
    ['/v2', 'GET, HEAD'],
    ['/v2/_catalog', 'GET, HEAD'],
    ['/v2/token', 'GET, HEAD, POST'],
    ['/v2/a/manifests/x', 'GET, HEAD, PUT, DELETE'],
    [`/v2/a/blobs/${DIGEST}`, 'GET, HEAD, DELETE'],
    ['/v2/a/blobs/uploads/', 'POST'],
    ['/v2/a/blobs/uploads', 'POST'],
    ['/v2/a/blobs/uploads/x', 'GET, HEAD, PATCH, PUT, DELETE'],
    ['/v2/a/tags/list', 'GET, HEAD'],
    [`/v2/a/referrers/${DIGEST}`, 'GET, HEAD'],
  ];

  it.each(understood)('is 405 at %s, which has %s', async (path, allow) => {
    await using registry = await startRegistry();
    const others = METHODS.filter((method) => !allow.split(', ').includes(method));
    const bodies = (method: string) => (method === 'HEAD' ? {} : { code: 'UNSUPPORTED' });
    await converse(
      registry,
      others.map((method) => ({ ask: `${method} ${path}`, status: 405, has: { allow }, ...bodies(method) })),
    );
  });

  it('is DELETE where deleting is switched off, or in the way', async () => {
    await using registry = await startRegistry();
    const manifest = image([]);
    await pushBlob(registry, 'a', CONFIG);
    await pushManifest(registry, 'a', manifest);
    await converse(registry, [
      { ask: `DELETE /v2/a/blobs/${CONFIG.digest}`, status: 405, code: 'UNSUPPORTED', has: { allow: 'GET, HEAD' } },
    ]);
    await using firm = await startRegistry({ allowDelete: false });
    const { digest } = await pushImage(firm, 'a', { as: 'x' });
    const before = await storedContent(firm);
    await converse(firm, [
      { ask: 'DELETE /v2/a/manifests/x', status: 405, code: 'UNSUPPORTED', has: { allow: 'GET, HEAD, PUT' } },
      { ask: `DELETE /v2/a/manifests/${digest}`, status: 405, code: 'UNSUPPORTED', has: { allow: 'GET, HEAD, PUT' } },
      { ask: `DELETE /v2/a/manifests/${DIGEST}`, status: 405, code: 'UNSUPPORTED', has: { allow: 'GET, HEAD, PUT' } },
      { ask: `DELETE /v2/a/blobs/${CONFIG.digest}`, status: 405, code: 'UNSUPPORTED', has: { allow: 'GET, HEAD' } },
      { ask: 'POST /v2/a/blobs/uploads/', status: 202 },
      { ask: 'DELETE {location}', status: 204 },
    ]);
    expect(await storedContent(firm)).toEqual(before);
  });
});

describe('a HEAD', () => {
  it('has the headers of its GET, and no body', async () => {
    await using registry = await startRegistry();
    const layer = blob('layer');
    await pushBlob(registry, 'a', layer);
    await pushBlob(registry, 'a', CONFIG);
    await pushManifest(registry, 'a', image([layer]), { as: 'x' });
    const paths = [
      '/v2/',
      '/v2/_catalog',
      '/v2/a/manifests/x',
      `/v2/a/blobs/${layer.digest}`,
      '/v2/a/tags/list',
      `/v2/a/referrers/${DIGEST}`,
      '/v2/a/manifests/y',
      '/v2/nothing',
      '/v2/A/tags/list',
    ];
    for (const path of paths) {
      const [get, head] = await Promise.all([
        registry.send({ method: 'GET', path }),
        registry.send({ method: 'HEAD', path }),
      ]);
      const date = expect.any(String) as string;
      expect([path, head.status, head.headers]).toEqual([path, get.status, { ...get.headers, date }]);
    }
  });
});

describe('what is no request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a version that is none', 'GET /v2/ HTTP/9.9\r\nhost: a\r\n\r\n', 400],
    ['a header without a colon', 'GET /v2/ HTTP/1.1\r\nhost: a\r\nbroken\r\n\r\n', 400],
    ['a path with a space', 'GET /v2/ x HTTP/1.1\r\nhost: a\r\n\r\n', 400],
    ['a length that is none', 'PUT /v2/a/manifests/x HTTP/1.1\r\nhost: a\r\ncontent-length: five\r\n\r\nhello', 400],
    ['a head that is too large', `GET /v2/ HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
  ])('is refused in the registry’s own words: %s', async (_, bytes, status) => {
    await using registry = await startRegistry();
    using connection = await registry.connect();
    await connection.write(bytes);
    const reply = await connection.reply();
    expect(reply.status).toBe(status);
    expectReplyRules({ method: 'GET', path: '/' }, reply);
    expect(errorsOf(reply)[0]?.code).toBe('UNSUPPORTED');
    await connection.closed;
  });

  it('is one without Host, unless it is of HTTP/1.0', async () => {
    await using registry = await startRegistry();
    using connection = await registry.connect();
    await connection.write('GET /v2/ HTTP/1.1\r\n\r\n');
    const reply = await connection.reply();
    expect([reply.status, errorsOf(reply)[0]?.code]).toEqual([400, 'UNSUPPORTED']);
    expectReplyRules({ method: 'GET', path: '/v2/' }, reply);
    await connection.write('GET /v2/ HTTP/1.0\r\n\r\n');
    expect((await connection.reply()).status).toBe(200);
  });

  it('gets its answer behind the one before, never in the middle of it', async () => {
    await using registry = await startRegistry();
    const layer = blob(Buffer.alloc(8 * 1024 * 1024, 'x'));
    await pushBlob(registry, 'a', layer);
    const pull = `GET /v2/a/blobs/${layer.digest} HTTP/1.1\r\nhost: a\r\n\r\n`;
    using hasty = await registry.connect();
    await hasty.write(`${pull}nonsense\r\n\r\n`);
    const [head = '', ...rest] = (await hasty.rest()).split('\r\n\r\n');
    expect(head).toContain('HTTP/1.1 200 ');
    expect(rest.join('\r\n\r\n').slice(0, layer.bytes.length)).toBe(layer.bytes.toString());
    expect(rest.join('\r\n\r\n').slice(layer.bytes.length)).toMatch(/^HTTP\/1\.1 400 /);
    using patient = await registry.connect();
    await patient.write(pull);
    const reply = patient.reply();
    await patient.write('nonsense\r\n\r\n');
    expect((await reply).text).toBe(layer.bytes.toString());
    expect((await patient.reply()).status).toBe(400);
  });

  it('may name its path in absolute form', async () => {
    await using registry = await startRegistry();
    await pushBlob(registry, 'a', CONFIG);
    using connection = await registry.connect();
    await connection.write(
      `GET http://registry.example:5000/v2/a/blobs/${CONFIG.digest}?x=1 HTTP/1.1\r\nhost: a\r\n\r\n`,
    );
    expect((await connection.reply()).text).toBe('{}');
  });
});
