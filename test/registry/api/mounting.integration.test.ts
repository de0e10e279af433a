/** The wire, "Mounting a blob from another repository". Who may mount what is tested with access. */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { blob, pushBlob } from '../../support/images.ts';
import { startRegistry } from '../../support/registry-server.ts';
import { converse } from '../../support/wire-table.ts';

const layer = blob('layer');
const SESSION = /^\/v2\/b\/blobs\/uploads\/[0-9a-f-]{36}$/;
const mount = (query: string) => `POST /v2/b/blobs/uploads/?mount=${layer.digest}${query}`;
const BEGUN = { status: 202, has: { location: SESSION, range: '0-0' } };

describe('a mount', () => {
  it('makes a blob of one repository part of another, without its bytes', async () => {
    await using registry = await startRegistry();
    await pushBlob(registry, 'team/a', layer);
    const has = {
      location: `/v2/b/blobs/${layer.digest}`,
      'docker-content-digest': layer.digest,
      'content-length': '0',
    };
    await converse(registry, [
      { ask: `HEAD /v2/b/blobs/${layer.digest}`, status: 404 },
      { ask: mount('&from=team%2Fa'), status: 201, has },
      { ask: 'GET {location}', status: 200, is: layer.bytes },
      { ask: mount('&from=team/a'), status: 201, has },
      { ask: `DELETE /v2/team/a/blobs/${layer.digest}`, status: 202 },
      { ask: `GET /v2/b/blobs/${layer.digest}`, status: 200, is: layer.bytes },
    ]);
  });

  it('finds the blob itself when nobody says where it is', async () => {
    await using registry = await startRegistry();
    await pushBlob(registry, 'a', layer);
    await converse(registry, [
      { ask: mount(''), status: 201, has: { location: `/v2/b/blobs/${layer.digest}` } },
      { ask: 'GET {location}', status: 200, is: layer.bytes },
    ]);
  });

  it('of a repository’s own blob is done', async () => {
    await using registry = await startRegistry();
    await pushBlob(registry, 'b', layer);
    await converse(registry, [{ ask: mount('&from=b'), status: 201 }]);
  });

  it('that cannot be done begins an upload', async () => {
    await using registry = await startRegistry();
    await pushBlob(registry, 'a', blob('another'));
    await converse(registry, [
      { ask: mount('&from=a'), ...BEGUN },
      { ask: mount('&from=never/was'), ...BEGUN },
      { ask: mount('&from=NO%20NAME'), ...BEGUN },
      { ask: mount('&from='), ...BEGUN },
      { ask: mount(''), ...BEGUN },
      { ask: mount('&digest-algorithm=sha512'), ...BEGUN },
      { ask: `PUT {location}?digest=${layer.digest}`, body: layer.bytes, status: 201 },
    ]);
  });

  it('from what is no name takes the blob from nowhere else', async () => {
    await using registry = await startRegistry();
    await pushBlob(registry, 'a', layer);
    await converse(registry, [
      { ask: mount('&from=NO%20NAME'), ...BEGUN },
      { ask: mount('&from='), ...BEGUN },
      { ask: `HEAD /v2/b/blobs/${layer.digest}`, status: 404 },
    ]);
  });

  it('of sha512 works as well', async () => {
    await using registry = await startRegistry();
    const long = blob('layer', 'sha512');
    await pushBlob(registry, 'a', long);
    await converse(registry, [
      { ask: `POST /v2/b/blobs/uploads/?mount=${long.digest}&from=a`, status: 201 },
      { ask: 'GET {location}', status: 200, has: { 'docker-content-digest': long.digest }, is: long.bytes },
    ]);
  });

  it('of a digest that is none is refused, and begins nothing', async () => {
    await using registry = await startRegistry();
    const bad = ['sha256:x', 'latest', '', `md5:${'a'.repeat(32)}`, digestOf('x').toUpperCase()];
    await converse(
      registry,
      bad.map((digest) => ({
        ask: `POST /v2/b/blobs/uploads/?mount=${digest}&from=a`,
        status: 400,
        code: 'DIGEST_INVALID',
      })),
    );
    expect(await Array.fromAsync(registry.blobs.listUploads())).toEqual([]);
  });

  it('with "from" alone is no mount', async () => {
    await using registry = await startRegistry();
    await converse(registry, [{ ask: 'POST /v2/b/blobs/uploads/?from=a', ...BEGUN }]);
  });
});
