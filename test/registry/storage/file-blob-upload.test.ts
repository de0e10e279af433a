/** An upload in a file goes on after a write that failed, and is unusable rather than wrong when it cannot. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { BlobUpload } from '../../../src/registry/core/ports.ts';
import { openFileBlobStore } from '../../../src/registry/storage/file-blob-store.ts';
import { newUploadId, readBlob, sourceOf } from '../../support/contracts/blob-store-samples.ts';
import { FailingFileSystem } from '../../support/fakes/failing-file-system.ts';
import { PowerLossFileSystem } from '../../support/fakes/power-loss-file-system.ts';
import { inlineHashing } from './inline-hashing.ts';

const PARTS = ['first part, ', 'second part, ', 'third part'].map((text) => Buffer.from(text));
const WHOLE = Buffer.concat(PARTS);

/** An upload that holds the first part, in a store over a disk where the calls named fail. */
async function setUp() {
  const failing = new Set<string>();
  const disk = new PowerLossFileSystem();
  const fileSystem = new FailingFileSystem(disk, (_, name) =>
    failing.has(name) ? { code: 'ENOSPC', hasEffect: false } : undefined,
  );
  const store = await openFileBlobStore({ root: '/data', durability: 'full', fileSystem, hashing: inlineHashing() });
  const id = newUploadId();
  const upload = await store.openUpload(id, 'sha256');
  await upload.append(sourceOf([PARTS[0] ?? Buffer.alloc(0)]));
  return { store, id, upload, failing, disk };
}

async function appendRest(upload: BlobUpload): Promise<void> {
  for (let size = upload.size; size < WHOLE.length; size = upload.size) {
    const end = [12, 25, 35].find((edge) => edge > size);
    await upload.append(sourceOf([WHOLE.subarray(size, end)]));
  }
}

it.each<'sha256' | 'sha512'>(['sha256', 'sha512'])(
  'goes on from before the batch that failed, under %s',
  async (algorithm) => {
    const { store, upload, failing } = await setUp();
    for (const part of PARTS) {
      failing.add('write');
      await expect(upload.append(sourceOf([part]))).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(upload.size).toBe(12);
      failing.clear();
    }
    await appendRest(upload);
    expect(await upload.finish(digestOf(WHOLE, algorithm))).toBe(WHOLE.length);
    expect(await readBlob(store, digestOf(WHOLE, algorithm))).toEqual(WHOLE);
  },
);

it('keeps the batches of a source before the one that failed, and ends the source', async () => {
  const { store, upload, failing } = await setUp();
  let isEnded = false;
  const source = (async function* () {
    try {
      yield [WHOLE.subarray(12, 25)];
      failing.add('write');
      yield [WHOLE.subarray(25)];
      yield [Buffer.from('never asked for')];
    } finally {
      isEnded = true;
    }
  })();
  await expect(upload.append(source)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(isEnded).toBe(true);
  expect(upload.size).toBe(25);
  failing.clear();
  await appendRest(upload);
  expect(await upload.finish(digestOf(WHOLE))).toBe(WHOLE.length);
  expect(await readBlob(store, digestOf(WHOLE))).toEqual(WHOLE);
});

it('leaves bytes where they were when it is released after a failed write', async () => {
  const { store, id, upload, failing } = await setUp();
  failing.add('write');
  await expect(upload.append(sourceOf([WHOLE]))).rejects.toMatchObject({ code: 'ENOSPC' });
  failing.clear();
  await upload.release();
  const again = await store.openUpload(id, 'sha256');
  expect(again.size).toBe(12);
  await appendRest(again);
  expect(await again.finish(digestOf(WHOLE))).toBe(WHOLE.length);
});

it('is unusable when a failed write cannot be taken back, and its bytes are gone', async () => {
  for (const end of ['finish', 'release', 'discard'] as const) {
    const { store, id, upload, failing, disk } = await setUp();
    failing.add('write').add('truncate');
    await expect(upload.append(sourceOf([WHOLE]))).rejects.toMatchObject({ code: 'ENOSPC' });
    failing.clear();
    await expect(upload.append(sourceOf([WHOLE.subarray(12)]))).rejects.toMatchObject({ reason: 'upload-over' });
    if (end === 'finish') await expect(upload.finish(digestOf(WHOLE))).rejects.toMatchObject({ reason: 'upload-over' });
    else await upload[end]();
    expect(disk.openFiles).toBe(0);
    expect(await Array.fromAsync(store.list())).toEqual([]);
    const again = await store.openUpload(id, 'sha256');
    expect(again.size).toBe(0);
    await appendRest(again);
    expect(await again.finish(digestOf(WHOLE))).toBe(WHOLE.length);
  }
});

it('can be opened again when the move to its name failed', async () => {
  const { store, id, upload, failing } = await setUp();
  await appendRest(upload);
  failing.add('rename');
  await expect(upload.finish(digestOf(WHOLE))).rejects.toMatchObject({ code: 'ENOSPC' });
  failing.clear();
  const again = await store.openUpload(id, 'sha256');
  expect(again.size).toBe(WHOLE.length);
  expect(await again.finish(digestOf(WHOLE))).toBe(WHOLE.length);
  expect(await readBlob(store, digestOf(WHOLE))).toEqual(WHOLE);
});

it('gives wrong bytes no name even when the file changes behind its back while it is set aside', async () => {
  const { store, id, upload, disk } = await setUp();
  await upload.release();
  const file = await disk.openFile(`/data/uploads/${id}`);
  await file?.truncate(5);
  await file?.close();
  const again = await store.openUpload(id, 'sha256');
  expect(again.size).toBe(5);
  await again.append(sourceOf([WHOLE.subarray(12)]));
  expect(await again.finish(digestOf(WHOLE))).toBe('mismatch');
});
