/** Blobs whose files are gone or cut off: clients are told so, and heal the registry by pushing them again. */
import { rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../src/oci/digest.ts';
import { storagePaths } from '../../src/registry/storage/paths.ts';
import { blob, image, pushBlob, pushImage } from '../support/images.ts';
import { type TestRegistry, startRegistryIn } from '../support/registry-server.ts';
import { converse } from '../support/wire-table.ts';
import { newFolder } from './metadata/new-database-path.ts';

const layer = blob('layer');
const HEAD = `HEAD /v2/a/blobs/${layer.digest}`;
const GET = `GET /v2/a/blobs/${layer.digest}`;
const POST = `POST /v2/a/blobs/uploads/?digest=${layer.digest}`;

const fileOf = (folder: string, digest: Digest) => storagePaths(folder).blob(digest).path;
const lostIn = (registry: TestRegistry) => registry.log.filter(({ event }) => event === 'blob.lost').length;

/** The log of such a registry has errors, and shall. */
function start(folder: string) {
  return startRegistryIn(folder, { mayFail: true });
}

describe.each([
  ['gone', (path: string) => rm(path)],
  ['cut off', (path: string) => truncate(path, 2)],
  ['another', (path: string) => writeFile(path, 'longer than the layer')],
])('a blob that is %s', (_, damage) => {
  it('is there no more once somebody wanted it, and again when it is pushed again', async () => {
    const folder = await newFolder();
    await using registry = await start(folder);
    await pushImage(registry, 'a', { as: 'x', layers: [layer] });
    await pushBlob(registry, 'b', layer);
    await converse(registry, [{ ask: HEAD, status: 200 }]);
    await damage(fileOf(folder, layer.digest));
    await converse(registry, [
      { ask: GET, status: 404, code: 'BLOB_UNKNOWN' },
      { ask: HEAD, status: 404 },
      { ask: `HEAD /v2/b/blobs/${layer.digest}`, status: 404 },
      { ask: `POST /v2/c/blobs/uploads/?mount=${layer.digest}&from=a`, status: 202 },
    ]);
    expect(lostIn(registry)).toBe(1);
    await converse(registry, [
      { ask: POST, body: 'layer', status: 201 },
      { ask: HEAD, status: 200 },
      { ask: GET, status: 200, is: 'layer' },
      { ask: `GET /v2/b/blobs/${layer.digest}`, status: 200, is: 'layer' },
      { ask: `POST /v2/c/blobs/uploads/?mount=${layer.digest}&from=a`, status: 201 },
    ]);
  });

  it('is not promised to anybody after a restart', async () => {
    const folder = await newFolder();
    {
      await using registry = await start(folder);
      await pushBlob(registry, 'a', layer);
    }
    await damage(fileOf(folder, layer.digest));
    await using registry = await start(folder);
    await converse(registry, [
      { ask: HEAD, status: 404 },
      { ask: POST, body: 'layer', status: 201 },
      { ask: HEAD, status: 200 },
      { ask: GET, status: 200, is: 'layer' },
    ]);
  });
});

it('no manifest is taken that needs a blob which is known to be lost', async () => {
  const folder = await newFolder();
  await using registry = await start(folder);
  await pushImage(registry, 'a', { as: 'x', layers: [layer] });
  const { bytes, mediaType } = image([layer]);
  await rm(fileOf(folder, layer.digest));
  const put = { ask: 'PUT /v2/a/manifests/y', body: bytes, headers: { 'content-type': mediaType } };
  await converse(registry, [
    { ask: GET, status: 404 },
    { ...put, status: 400, code: 'MANIFEST_BLOB_UNKNOWN' },
    { ask: POST, body: 'layer', status: 201 },
    { ...put, status: 201 },
  ]);
});

it('a file that is put back is found', async () => {
  const folder = await newFolder();
  await using registry = await start(folder);
  await pushBlob(registry, 'a', layer);
  await rm(fileOf(folder, layer.digest));
  await converse(registry, [{ ask: GET, status: 404 }]);
  await writeFile(fileOf(folder, layer.digest), 'layer');
  await converse(registry, [{ ask: HEAD, status: 200 }]);
});
