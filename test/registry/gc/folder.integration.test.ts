/** Garbage of a data folder, collected beside a registry that serves from it and while none does (S3-13, S3-14, S3-23). */
import { mkdtempDisposable, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hexOf } from '../../../src/oci/digest.ts';
import { collectFolder } from '../../../src/registry/garbage-collection.ts';
import type { GcRequest } from '../../../src/registry/gc/report.ts';
import { createLog } from '../../../src/registry/log.ts';
import { lockDataFolder } from '../../../src/registry/metadata/data-lock.ts';
import { type Content, CONFIG, blob, image, pushBlob, pushImage, pushManifest } from '../../support/images.ts';
import { type TestRegistry, startRegistryIn } from '../../support/registry-server.ts';

const log = createLog(() => undefined);
const clock = { now: () => new Date() };

/** Promises nothing, so that what is garbage goes at once. */
const NO_LEASE = { gcLease: 1, gcInterval: 0 };

async function newFolder() {
  return mkdtempDisposable(join(tmpdir(), 'devreg-gc-'));
}

function collect(dataDir: string, request: Partial<GcRequest> = {}, lease = 1) {
  return collectFolder(
    { dataDir, request: { isDryRun: false, deleteUntagged: false, ...request }, times: { lease, uploadIdle: 1 } },
    { clock, log },
  );
}

const statusOf = async (registry: TestRegistry, path: string) => (await registry.send({ method: 'GET', path })).status;

/** Leases of a millisecond end by themselves; some time has to pass for files to be older than one. */
async function untilOutdated(): Promise<void> {
  const end = performance.now() + 20;
  while (performance.now() < end) await new Promise(setImmediate);
}

/** An image with a signature as sigstore attaches it, and one that is deleted. */
async function fill(registry: TestRegistry) {
  const signed = await pushImage(registry, 'app', { layers: [blob('kept')], as: 'kept' });
  const signature = await pushImage(registry, 'app', {
    layers: [blob('signature')],
    as: `sha256-${hexOf(signed.digest)}.sig`,
  });
  const sbom = image([], { subject: signed });
  await pushManifest(registry, 'app', sbom);
  const deleted = await pushImage(registry, 'app', { layers: [blob('deleted')], as: 'deleted' });
  await registry.send({ method: 'DELETE', path: `/v2/app/manifests/${deleted.digest}` });
  await untilOutdated();
  return { kept: [signed, signature, sbom, blob('kept'), blob('signature')] };
}

async function expectKept(registry: TestRegistry, kept: readonly Content[]): Promise<void> {
  for (const { digest, mediaType } of kept) {
    const kind = mediaType.includes('manifest') ? 'manifests' : 'blobs';
    expect(await statusOf(registry, `/v2/app/${kind}/${digest}`)).toBe(200);
  }
  expect(await statusOf(registry, `/v2/app/blobs/${blob('deleted').digest}`)).toBe(404);
}

it('asks the registry that serves', async () => {
  await using folder = await newFolder();
  await using registry = await startRegistryIn(folder.path, NO_LEASE);
  const { kept } = await fill(registry);
  const dry = await collect(folder.path, { deleteUntagged: true, isDryRun: true });
  expect(dry).toMatchObject({ by: 'server', isDryRun: true, manifests: 0, unlinked: 1, blobs: 1, bytes: 7 });
  expect(await collect(folder.path, { deleteUntagged: true })).toMatchObject({
    ...dry,
    isDryRun: false,
    milliseconds: expect.any(Number),
  });
  await expectKept(registry, kept);
  expect(registry.log.map(({ event }) => event).filter((event) => event.startsWith('gc.'))).toEqual([
    'gc.started',
    'gc.finished',
    'gc.started',
    'gc.finished',
  ]);
});

it('does it itself while none serves, and the next registry serves what is left', async () => {
  await using folder = await newFolder();
  let kept: readonly Content[];
  {
    await using registry = await startRegistryIn(folder.path, NO_LEASE);
    ({ kept } = await fill(registry));
  }
  await untilOutdated();
  expect(await collect(folder.path, { deleteUntagged: true })).toMatchObject({
    by: 'this process',
    unlinked: 1,
    blobs: 1,
  });
  await using registry = await startRegistryIn(folder.path, NO_LEASE);
  await expectKept(registry, kept);
});

it('keeps what the registry told its clients, while it serves and after it has ended', async () => {
  await using folder = await newFolder();
  const layer = blob('told');
  {
    await using registry = await startRegistryIn(folder.path, { gcInterval: 0 });
    await pushBlob(registry, 'app', layer);
    expect(await collect(folder.path)).toMatchObject({ by: 'server', unlinked: 0, kept: 1 });
  }
  const after = await collect(folder.path, {}, 60 * 60_000);
  expect(after).toMatchObject({ by: 'this process', unlinked: 0, kept: 1, keptUntil: expect.any(String) });
  await using registry = await startRegistryIn(folder.path, { gcInterval: 0 });
  expect(await collect(folder.path)).toMatchObject({ by: 'server', unlinked: 0, kept: 1 });
  await pushBlob(registry, 'app', CONFIG);
  expect((await pushManifest(registry, 'app', image([layer]), { as: 'late' })).status).toBe(201);
});

it('tells whoever starts it beside a process that does not listen who has the folder', async () => {
  await using folder = await newFolder();
  await (await startRegistryIn(folder.path))[Symbol.asyncDispose]();
  await using _lock = await lockDataFolder(folder.path);
  await expect(collect(folder.path)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' });
});

it('makes nothing in a folder that is none of a registry', async () => {
  await using folder = await newFolder();
  await expect(collect(folder.path)).rejects.toMatchObject({ reason: 'folder-unusable' });
});

it('answers its owner alone, in a folder of any depth, and takes the place of what a dead process left', async () => {
  await using folder = await newFolder();
  const deep = join(folder.path, 'deep'.repeat(20), 'er'.repeat(20));
  await (await startRegistryIn(deep))[Symbol.asyncDispose]();
  await writeFile(join(deep, 'gc.sock'), '');
  expect(await collect(deep)).toMatchObject({ by: 'this process' });
  await using registry = await startRegistryIn(deep);
  expect((await stat(join(deep, 'gc.sock'))).mode & 0o777).toBe(0o600);
  expect(await collect(deep)).toMatchObject({ by: 'server' });
  expect(registry.log.some(({ event }) => event === 'gc.unreachable')).toBe(false);
});

it('answers what is no request, and ends in peace while somebody waits', async () => {
  await using folder = await newFolder();
  const registry = await startRegistryIn(folder.path);
  const socket = connect(join(folder.path, 'gc.sock'));
  socket.end('{"deleteUntagged":"all"}\n');
  expect(JSON.parse(await text(socket))).toEqual({ failure: 'That is no request of this version.' });
  const silent = connect(join(folder.path, 'gc.sock'));
  await new Promise((resolve) => silent.once('connect', resolve));
  await registry[Symbol.asyncDispose]();
  await expect(stat(join(folder.path, 'gc.sock'))).rejects.toMatchObject({ code: 'ENOENT' });
  silent.destroy();
});
