/** The wire, "Content Management": deleting tags, manifests and blobs. */
import { describe, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { CONFIG, blob, image, index, pushBlob, pushImage, pushManifest } from '../../support/images.ts';
import { startRegistry } from '../../support/registry-server.ts';
import { converse } from '../../support/wire-table.ts';

describe('deleting a tag', () => {
  it('leaves the manifest and its other tags', async () => {
    await using registry = await startRegistry();
    const { digest } = await pushImage(registry, 'a', { as: 'x' });
    await pushImage(registry, 'a', { as: 'y' });
    await converse(registry, [
      { ask: 'DELETE /v2/a/manifests/x', status: 202 },
      { ask: 'GET /v2/a/manifests/x', status: 404, code: 'MANIFEST_UNKNOWN' },
      { ask: 'GET /v2/a/manifests/y', status: 200 },
      { ask: `GET /v2/a/manifests/${digest}`, status: 200 },
      { ask: 'GET /v2/a/tags/list', status: 200, is: { name: 'a', tags: ['y'] } },
      { ask: 'DELETE /v2/a/manifests/x', status: 404, code: 'MANIFEST_UNKNOWN' },
      { ask: 'DELETE /v2/a/manifests/.x', status: 404, code: 'MANIFEST_UNKNOWN' },
      { ask: 'DELETE /v2/b/manifests/x', status: 404, code: 'NAME_UNKNOWN' },
    ]);
  });
});

describe('deleting a manifest', () => {
  it('takes its tags along, in this repository alone', async () => {
    await using registry = await startRegistry();
    const { digest } = await pushImage(registry, 'a', { as: 'x' });
    await pushImage(registry, 'a', { as: 'y' });
    await pushImage(registry, 'a', { as: 'z', annotations: { other: '' } });
    await pushImage(registry, 'b', { as: 'x' });
    const gone = { status: 404, code: 'MANIFEST_UNKNOWN' };
    await converse(registry, [
      { ask: `DELETE /v2/a/manifests/${digest}`, status: 202 },
      { ask: `GET /v2/a/manifests/${digest}`, ...gone },
      { ask: 'GET /v2/a/manifests/x', ...gone },
      { ask: 'GET /v2/a/manifests/y', ...gone },
      { ask: 'GET /v2/a/manifests/z', status: 200 },
      { ask: 'GET /v2/a/tags/list', status: 200, is: { name: 'a', tags: ['z'] } },
      { ask: 'GET /v2/b/manifests/x', status: 200 },
      { ask: `DELETE /v2/a/manifests/${digest}`, ...gone },
      { ask: `DELETE /v2/c/manifests/${digest}`, status: 404, code: 'NAME_UNKNOWN' },
      { ask: 'DELETE /v2/a/manifests/sha256:x', status: 400, code: 'DIGEST_INVALID' },
    ]);
  });

  it('works for children of an index, and can be made good by pushing again', async () => {
    await using registry = await startRegistry();
    const child = await pushImage(registry, 'a');
    const parent = index([child]);
    await pushManifest(registry, 'a', parent, { as: 'x' });
    await converse(registry, [
      { ask: `DELETE /v2/a/manifests/${child.digest}`, status: 202 },
      { ask: 'GET /v2/a/manifests/x', status: 200, is: parent.bytes },
      { ask: `GET /v2/a/manifests/${child.digest}`, status: 404 },
    ]);
    await pushManifest(registry, 'a', child);
    await converse(registry, [{ ask: `GET /v2/a/manifests/${child.digest}`, status: 200, is: child.bytes }]);
  });
});

describe('deleting a blob', () => {
  it('takes it out of this repository', async () => {
    await using registry = await startRegistry();
    const layer = blob('layer');
    for (const name of ['a', 'b']) await pushBlob(registry, name, layer);
    const gone = { status: 404, code: 'BLOB_UNKNOWN' };
    await converse(registry, [
      { ask: `GET /v2/a/blobs/${layer.digest}`, status: 200 },
      { ask: `HEAD /v2/a/blobs/${layer.digest}`, status: 200 },
      { ask: `DELETE /v2/a/blobs/${layer.digest}`, status: 202, has: { 'docker-content-digest': layer.digest } },
      { ask: `GET /v2/a/blobs/${layer.digest}`, ...gone },
      { ask: `HEAD /v2/a/blobs/${layer.digest}`, status: 404 },
      { ask: `DELETE /v2/a/blobs/${layer.digest}`, ...gone },
      { ask: `GET /v2/b/blobs/${layer.digest}`, status: 200, is: 'layer' },
      { ask: `DELETE /v2/c/blobs/${layer.digest}`, ...gone },
      { ask: `DELETE /v2/a/blobs/${digestOf('absent')}`, ...gone },
      { ask: 'DELETE /v2/a/blobs/sha256:x', status: 400, code: 'DIGEST_INVALID' },
    ]);
  });

  it('is refused while a manifest needs it', async () => {
    await using registry = await startRegistry();
    const layer = blob('layer');
    const { digest } = await pushImage(registry, 'a', { as: 'x', layers: [layer] });
    await converse(registry, [
      { ask: `DELETE /v2/a/blobs/${layer.digest}`, status: 405, code: 'UNSUPPORTED' },
      { ask: `DELETE /v2/a/blobs/${CONFIG.digest}`, status: 405, code: 'UNSUPPORTED' },
      { ask: 'DELETE /v2/a/manifests/x', status: 202 },
      { ask: `DELETE /v2/a/blobs/${layer.digest}`, status: 405, code: 'UNSUPPORTED' },
      { ask: `DELETE /v2/a/manifests/${digest}`, status: 202 },
      { ask: `DELETE /v2/a/blobs/${layer.digest}`, status: 202 },
      { ask: `GET /v2/a/blobs/${layer.digest}`, status: 404, code: 'BLOB_UNKNOWN' },
    ]);
  });

  it('makes manifests that need it incomplete again', async () => {
    await using registry = await startRegistry();
    const layer = blob('layer');
    const { digest } = await pushImage(registry, 'a', { layers: [layer] });
    await converse(registry, [
      { ask: `DELETE /v2/a/manifests/${digest}`, status: 202 },
      { ask: `DELETE /v2/a/blobs/${layer.digest}`, status: 202 },
      { ask: 'PUT /v2/a/manifests/x', body: image([layer]).bytes, status: 400, code: 'MANIFEST_BLOB_UNKNOWN' },
      { ask: `POST /v2/a/blobs/uploads/?digest=${layer.digest}`, body: layer.bytes, status: 201 },
      { ask: 'PUT /v2/a/manifests/x', body: image([layer]).bytes, status: 201 },
    ]);
  });
});
