/** The file store on a real disk, with a real worker: the contract, restarts, damage and planted links. */
import {
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore, Durability } from '../../../src/registry/core/ports.ts';
import { openFileBlobStore } from '../../../src/registry/storage/file-blob-store.ts';
import { nodeFileSystem } from '../../../src/registry/storage/node-file-system.ts';
import { storagePaths } from '../../../src/registry/storage/paths.ts';
import { blobStoreContract } from '../../support/contracts/blob-store-contract.ts';
import {
  newUploadId,
  piecesOf,
  readBlob,
  readIndexes,
  repository,
  sourceOf,
} from '../../support/contracts/blob-store-samples.ts';
import { newFolder } from './new-folder.ts';
import { checkRandomUse, useAtRandom } from './random-use.ts';

const HELLO = Buffer.from('hello');
const LARGE = Buffer.alloc(3_000_000, 'some text that fills a large blob');

function open(root: string, durability: Durability = 'fast'): Promise<BlobStore> {
  return openFileBlobStore({ root, durability, fileSystem: nodeFileSystem });
}

describe.each<Durability>(['full', 'fast'])('on disk, with durability %s', (durability) => {
  blobStoreContract(async () => open(await newFolder(), durability));

  it('is as a model says after any calls and restarts', () =>
    checkRandomUse(async (steps) => {
      const root = await newFolder();
      await useAtRandom(await open(root, durability), steps, () => open(root, durability));
    }, 15));

  it('goes on with an upload of an earlier store, while the bytes before are hashed', async () => {
    const root = await newFolder();
    const id = newUploadId();
    for (const [start, end] of [
      [0, 1_000_000],
      [1_000_000, 1_000_001],
      [1_000_001, LARGE.length],
    ] as const) {
      await using store = await open(root, durability);
      const upload = await store.openUpload(id, 'sha256');
      expect(upload.size).toBe(start);
      expect(await upload.append(piecesOf(LARGE.subarray(start, end)))).toBe(end);
      if (end < LARGE.length) await upload.release();
      else expect(await upload.finish(digestOf(LARGE))).toBe(LARGE.length);
    }
    await using store = await open(root, durability);
    expect((await readBlob(store, digestOf(LARGE)))?.equals(LARGE)).toBe(true);
  });

  it('keeps everything when it is opened again, and only that', async () => {
    const root = await newFolder();
    const paths = storagePaths(root);
    {
      await using store = await open(root, durability);
      await store.put(digestOf(HELLO), HELLO);
      await store.writeIndex(repository('team/app'), HELLO);
    }
    writeFileSync(`${paths.incoming}/left-by-a-crash`, 'half');
    writeFileSync(`${paths.uploads}/no-upload`, 'junk');
    writeFileSync(`${paths.repositories}/No Repository`, 'junk');
    writeFileSync(`${paths.blob(digestOf(HELLO)).directory}/junk`, 'junk');
    writeFileSync(`${root}/blobs/sha256/junk`, 'junk');
    await using store = await open(root, durability);
    expect(await Array.fromAsync(store.list())).toMatchObject([{ digest: digestOf(HELLO), size: 5 }]);
    expect(await Array.fromAsync(store.listUploads())).toEqual([]);
    expect(await readIndexes(store)).toEqual(new Map([['team/app', 'hello']]));
    expect(readdirSync(paths.incoming)).toEqual([]);
  });
});

it('heals a damaged blob when it is stored or uploaded again', async () => {
  const root = await newFolder();
  await using store = await open(root);
  const { path } = storagePaths(root).blob(digestOf(HELLO));
  for (const heal of ['put', 'upload'] as const) {
    await store.put(digestOf(HELLO), HELLO);
    writeFileSync(path, 'HELL');
    const upload = await store.openUpload(newUploadId(), 'sha256');
    await upload.append(sourceOf([HELLO]));
    if (heal === 'upload') await upload.finish(digestOf(HELLO));
    else await upload.discard().then(() => store.put(digestOf(HELLO), HELLO));
    expect(await readBlob(store, digestOf(HELLO))).toEqual(HELLO);
  }
});

it('rejects a blob that became shorter, after what is left of it', async () => {
  const root = await newFolder();
  await using store = await open(root);
  await store.put(digestOf(LARGE), LARGE);
  await using reader = await store.open(digestOf(LARGE));
  truncateSync(storagePaths(root).blob(digestOf(LARGE)).path, 600_000);
  let received = 0;
  const reading = (async () => {
    for await (const chunk of reader?.chunks(0, LARGE.length) ?? []) received += chunk.length;
  })();
  await expect(reading).rejects.toMatchObject({ reason: 'damaged' });
  expect(received).toBe(600_000);
});

it('survives a read-ahead that fails while nobody waits for it', async () => {
  const root = await newFolder();
  await using store = await open(root);
  await store.put(digestOf(LARGE), LARGE);
  await using reader = await store.open(digestOf(LARGE));
  truncateSync(storagePaths(root).blob(digestOf(LARGE)).path, 524_288);
  const chunks = reader?.chunks(0, LARGE.length)[Symbol.asyncIterator]();
  expect((await chunks?.next())?.value).toHaveLength(524_288);
  for (let turn = 0; turn < 10; turn++) await store.stat(digestOf(LARGE));
  await expect(chunks?.next()).rejects.toMatchObject({ reason: 'damaged' });
});

it('writes through no link that was planted', async () => {
  const outside = await newFolder();
  const root = await newFolder();
  const paths = storagePaths(root);
  await (await open(root))[Symbol.asyncDispose]();
  writeFileSync(`${outside}/target`, 'untouched');
  const id = newUploadId();
  symlinkSync(`${outside}/target`, paths.upload(id));
  symlinkSync(`${outside}/target`, paths.repository(repository('a')).path);
  symlinkSync(outside, paths.blob(digestOf(HELLO)).directory);
  await using store = await open(root);
  await expect(store.put(digestOf(HELLO), HELLO)).rejects.toMatchObject({ code: 'EEXIST' });
  const upload = await store.openUpload(id, 'sha256');
  expect(await upload.append(sourceOf([LARGE]))).toBe(LARGE.length);
  expect(await upload.finish(digestOf(LARGE))).toBe(LARGE.length);
  await store.writeIndex(repository('a'), HELLO);
  expect(readFileSync(`${outside}/target`, 'utf8')).toBe('untouched');
  expect(readdirSync(outside)).toEqual(['target']);
});

it('shows nothing of what links that were planted lead to', async () => {
  const root = await newFolder();
  await using store = await open(root);
  await store.put(digestOf(HELLO), HELLO);
  const { path } = storagePaths(root).blob(digestOf(HELLO));
  writeFileSync(`${root}/secret`, 'secret');
  rmSync(path);
  symlinkSync(`${root}/secret`, path);
  expect(await store.stat(digestOf(HELLO))).toBeUndefined();
  expect(await store.open(digestOf(HELLO))).toBeUndefined();
  expect(await Array.fromAsync(store.list())).toEqual([]);
  await store.put(digestOf(HELLO), HELLO);
  expect(await readBlob(store, digestOf(HELLO))).toEqual(HELLO);
  expect(readFileSync(`${root}/secret`, 'utf8')).toBe('secret');
});

it('lives in a folder that is a link, and makes folders that are not there', async () => {
  const folder = await newFolder();
  await mkdir(`${folder}/real`);
  symlinkSync(`${folder}/real`, `${folder}/link`);
  for (const root of [`${folder}/link`, `${folder}/deep/er/root`]) {
    await using store = await open(root, 'full');
    await store.put(digestOf(HELLO), HELLO);
    expect(await readBlob(store, digestOf(HELLO))).toEqual(HELLO);
  }
  expect(readdirSync(`${folder}/real`)).toContain('blobs');
  expect(statSync(`${folder}/deep/er/root`).mode & 0o777).toBe(0o700);
});

it('says why a folder cannot be used', async () => {
  const folder = await newFolder();
  writeFileSync(`${folder}/file`, '');
  symlinkSync(`${folder}/elsewhere`, `${folder}/blobs`);
  for (const root of [`${folder}/file`, `${folder}/file/below`, folder, '/proc/devreg']) {
    await expect(open(root)).rejects.toMatchObject({ reason: 'folder-unusable' });
  }
});

it('makes a directory again that was taken away while it ran', async () => {
  const root = await newFolder();
  await using store = await open(root);
  await store.put(digestOf(HELLO), HELLO);
  renameSync(storagePaths(root).blob(digestOf(HELLO)).directory, `${root}/moved-away`);
  await expect(store.put(digestOf(HELLO), HELLO)).rejects.toMatchObject({ code: 'ENOENT' });
  await store.put(digestOf(HELLO), HELLO);
  expect(await readBlob(store, digestOf(HELLO))).toEqual(HELLO);
});
