/** The wire, "Pulling manifests". */
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import {
  CONFIG,
  blob,
  content,
  dockerImage,
  image,
  index,
  pushBlob,
  pushImage,
  pushManifest,
} from '../../support/images.ts';
import { startRegistry } from '../../support/registry-server.ts';
import { converse } from '../../support/wire-table.ts';

const ABSENT = digestOf('absent');

describe('a manifest', () => {
  it('is given by tag and by digest, in the very bytes that were pushed', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry, 'team/app', { as: '1.0', layers: [blob('layer')] });
    const length = String(pushed.bytes.length);
    const common = { 'content-type': OCI_MANIFEST, 'docker-content-digest': pushed.digest, 'content-length': length };
    const byTag = { ...common, etag: `"${pushed.digest}"`, 'cache-control': 'no-cache' };
    const byDigest = { ...byTag, 'cache-control': 'private, max-age=31536000, immutable' };
    await converse(registry, [
      { ask: 'GET /v2/team/app/manifests/1.0', status: 200, has: byTag, is: pushed.bytes },
      { ask: `GET /v2/team/app/manifests/${pushed.digest}`, status: 200, has: byDigest, is: pushed.bytes },
      { ask: 'HEAD /v2/team/app/manifests/1.0', status: 200, has: byTag, is: '' },
      { ask: `HEAD /v2/team/app/manifests/${pushed.digest}`, status: 200, has: byDigest, is: '' },
      {
        ask: `GET /v2/team/app/manifests/${pushed.digest.replace(':', '%3A')}`,
        status: 200,
        has: byDigest,
        is: pushed.bytes,
      },
      { ask: 'GET /v2/team%2Fapp/manifests/1.0', status: 404, code: 'UNSUPPORTED' },
      { ask: 'GET /v2/te%61m/app/manifests/1%2E0', status: 200, is: pushed.bytes },
      { ask: 'GET /v2/team/app/manifests/1.0?ns=docker.io', status: 200, is: pushed.bytes },
    ]);
  });

  it('is the same whatever types the client accepts and whatever range it wants', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry, 'a', { as: 'x' });
    const ask = 'GET /v2/a/manifests/x';
    const whole = { ask, status: 200, has: { 'content-type': OCI_MANIFEST }, is: pushed.bytes };
    await converse(registry, [
      whole,
      { ...whole, headers: { accept: '*/*' } },
      { ...whole, headers: { accept: OCI_MANIFEST } },
      { ...whole, headers: { accept: DOCKER_MANIFEST } },
      { ...whole, headers: { accept: `${OCI_INDEX}, text/html;q=0.5` } },
      { ...whole, headers: { range: 'bytes=0-' } },
      { ...whole, headers: { range: 'bytes=2-3' } },
      { ...whole, headers: { 'accept-encoding': 'gzip, zstd' } },
    ]);
  });

  it('of Docker keeps every byte and its type (S3-24)', async () => {
    await using registry = await startRegistry();
    const layer = blob('layer');
    const manifest = dockerImage([layer]);
    const list = index([manifest], { mediaType: DOCKER_MANIFEST_LIST });
    for (const part of [CONFIG, layer]) await pushBlob(registry, 'a', part);
    await pushManifest(registry, 'a', manifest, { as: 'image' });
    await pushManifest(registry, 'a', list, { as: 'list' });
    await converse(registry, [
      { ask: 'GET /v2/a/manifests/image', status: 200, has: { 'content-type': DOCKER_MANIFEST }, is: manifest.bytes },
      { ask: 'GET /v2/a/manifests/list', status: 200, has: { 'content-type': DOCKER_MANIFEST_LIST }, is: list.bytes },
    ]);
    expect(manifest.bytes.toString()).toContain('\n   "schemaVersion"');
  });

  it('is not sent again to a client that has it', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry, 'a', { as: 'x' });
    const etag = `"${pushed.digest}"`;
    const ask = 'GET /v2/a/manifests/x';
    const unchanged = {
      ask,
      status: 304,
      has: { etag, 'docker-content-digest': pushed.digest, 'content-type': undefined },
    };
    const changed = { ask, status: 200, is: pushed.bytes };
    await converse(registry, [
      { ...unchanged, headers: { 'if-none-match': etag } },
      { ...unchanged, headers: { 'if-none-match': `W/${etag}` } },
      { ...unchanged, headers: { 'if-none-match': `"other" , ${etag}` } },
      { ...unchanged, headers: { 'if-none-match': ' * ' } },
      { ...unchanged, ask: 'HEAD /v2/a/manifests/x', headers: { 'if-none-match': etag } },
      { ...unchanged, ask: `GET /v2/a/manifests/${pushed.digest}`, headers: { 'if-none-match': etag } },
      { ...changed, headers: { 'if-none-match': pushed.digest } },
      { ...changed, headers: { 'if-none-match': `"${ABSENT}"` } },
      { ...changed, headers: { 'if-none-match': '' } },
      { ask: 'GET /v2/a/manifests/y', headers: { 'if-none-match': '*' }, status: 404, code: 'MANIFEST_UNKNOWN' },
    ]);
  });

  it('follows its tag', async () => {
    await using registry = await startRegistry();
    const first = await pushImage(registry, 'a', { as: 'x' });
    const second = await pushImage(registry, 'a', { as: 'x', annotations: { n: '2' } });
    const stale = { 'if-none-match': `"${first.digest}"` };
    await converse(registry, [
      { ask: 'GET /v2/a/manifests/x', headers: stale, status: 200, is: second.bytes },
      { ask: `GET /v2/a/manifests/${first.digest}`, status: 200, is: first.bytes },
    ]);
  });
});

describe('what is not there', () => {
  it('is 404, whether manifest or repository; a malformed digest is an error of its own', async () => {
    await using registry = await startRegistry();
    await pushImage(registry, 'a', { as: 'x' });
    const layer = blob('a blob is no manifest');
    await pushBlob(registry, 'a', layer);
    const unknown = { status: 404, code: 'MANIFEST_UNKNOWN' };
    const rows = [
      { ask: 'GET /v2/a/manifests/y', ...unknown },
      { ask: 'GET /v2/a/manifests/X', ...unknown },
      { ask: `GET /v2/a/manifests/${ABSENT}`, ...unknown },
      { ask: `GET /v2/a/manifests/${layer.digest}`, ...unknown },
      { ask: `GET /v2/a/manifests/${digestOf('absent', 'sha512')}`, ...unknown },
      { ask: 'GET /v2/a/manifests/.INVALID_MANIFEST_NAME', ...unknown },
      { ask: `GET /v2/a/manifests/${'t'.repeat(129)}`, ...unknown },
      { ask: 'GET /v2/a/manifests/', ...unknown },
      { ask: 'GET /v2/a/manifests/a%20b', ...unknown },
      { ask: 'GET /v2/b/manifests/x', status: 404, code: 'NAME_UNKNOWN' },
      { ask: `GET /v2/b/manifests/${ABSENT}`, status: 404, code: 'NAME_UNKNOWN' },
      { ask: 'GET /v2/a/manifests/sha256:baddigeststring', status: 400, code: 'DIGEST_INVALID' },
      { ask: `GET /v2/a/manifests/sha256:${'A'.repeat(64)}`, status: 400, code: 'DIGEST_INVALID' },
      { ask: `GET /v2/a/manifests/md5:${'a'.repeat(32)}`, status: 400, code: 'DIGEST_INVALID' },
      { ask: 'GET /v2/A/manifests/x', status: 400, code: 'NAME_INVALID' },
    ];
    await converse(registry, rows);
    const heads = rows.map(({ ask, status }) => ({ ask: ask.replace('GET', 'HEAD'), status }));
    await converse(registry, heads);
  });

  it('is another repository’s manifest', async () => {
    await using registry = await startRegistry();
    const pushed = await pushImage(registry, 'a', { as: 'x' });
    await pushBlob(registry, 'b', CONFIG);
    await converse(registry, [
      { ask: `GET /v2/a/manifests/${pushed.digest}`, status: 200 },
      { ask: `GET /v2/b/manifests/${pushed.digest}`, status: 404, code: 'MANIFEST_UNKNOWN' },
      { ask: 'GET /v2/b/manifests/x', status: 404, code: 'MANIFEST_UNKNOWN' },
    ]);
  });
});

describe('names', () => {
  it('may hold the words of the endpoints', async () => {
    await using registry = await startRegistry();
    const names = [
      'manifests',
      'a/manifests/b',
      'blobs/uploads',
      'blobs',
      'uploads/blobs',
      'tags/list',
      'x/tags/list',
      'referrers',
      'token',
      'v2',
      'a/blobs/uploads',
    ];
    for (const name of names) {
      const pushed = await pushImage(registry, name, { as: 'list', annotations: { name } });
      const { digest } = pushed;
      await converse(registry, [
        { ask: `GET /v2/${name}/manifests/list`, status: 200, is: pushed.bytes },
        { ask: `GET /v2/${name}/tags/list`, status: 200, is: { name, tags: ['list'] } },
        { ask: `GET /v2/${name}/referrers/${digest}`, status: 200 },
        { ask: `GET /v2/${name}/blobs/${CONFIG.digest}`, status: 200, is: CONFIG.bytes },
        { ask: `POST /v2/${name}/blobs/uploads/`, status: 202 },
        { ask: 'GET {location}', status: 204 },
        {
          ask: `PUT {location}?digest=${digestOf('')}`,
          status: 201,
          has: { location: `/v2/${name}/blobs/${digestOf('')}` },
        },
      ]);
    }
  });

  it('are as long and as odd as the specification lets them be', async () => {
    await using registry = await startRegistry();
    const pushed = image();
    const put = (name: string) => ({
      ask: `PUT /v2/${name}/manifests/x`,
      headers: { 'content-type': OCI_MANIFEST },
      body: pushed.bytes,
    });
    await pushBlob(registry, 'a', CONFIG);
    const longest = `${'a/'.repeat(127)}a`;
    const good = ['a.b_c__d-e---f', '0', longest];
    const bad = ['a..b', 'a___b', '-a', 'a-', 'a/-b', '_a', 'a._b', 'A', 'ä', `${longest}a/b`, 'a/b/', '../a', '.'];
    await converse(registry, [
      ...good.flatMap((name) => [
        { ask: `POST /v2/${name}/blobs/uploads/?mount=${CONFIG.digest}&from=a`, status: 201 },
        { ...put(name), status: 201 },
        { ask: `GET /v2/${name}/manifests/x`, status: 200, is: pushed.bytes },
      ]),
      ...bad.map((name) => ({ ...put(encodeURI(name)), status: 400, code: 'NAME_INVALID' })),
    ]);
  });

  it('of tags are as long as the specification lets them be', async () => {
    await using registry = await startRegistry();
    const tags = ['_', 'A-b.c_d', '0', 't'.repeat(128), 'latest'];
    for (const as of tags) await pushImage(registry, 'a', { as });
    await converse(
      registry,
      tags.map((tag) => ({ ask: `GET /v2/a/manifests/${tag}`, status: 200 })),
    );
    const manifest = content(image().bytes, OCI_MANIFEST);
    const bad = ['.a', '-a', 't'.repeat(129), 'a%2Bb', 'a%20', 'a~'];
    await converse(
      registry,
      bad.map((tag) => ({
        ask: `PUT /v2/a/manifests/${tag}`,
        body: manifest.bytes,
        status: 400,
        code: 'MANIFEST_INVALID',
      })),
    );
  });
});
