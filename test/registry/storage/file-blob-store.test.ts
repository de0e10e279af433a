/** The file store over a file system in memory keeps the contract, and random use finds it as a model says. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore, Durability } from '../../../src/registry/core/ports.ts';
import { openFileBlobStore } from '../../../src/registry/storage/file-blob-store.ts';
import type { FileSystem } from '../../../src/registry/storage/file-system.ts';
import { blobStoreContract } from '../../support/contracts/blob-store-contract.ts';
import { newUploadId, readBlob, sourceOf } from '../../support/contracts/blob-store-samples.ts';
import { FailingFileSystem } from '../../support/fakes/failing-file-system.ts';
import { PowerLossFileSystem } from '../../support/fakes/power-loss-file-system.ts';
import { inlineHashing } from './inline-hashing.ts';
import { checkRandomUse, useAtRandom } from './random-use.ts';

function open(fileSystem: FileSystem, durability: Durability): Promise<BlobStore> {
  return openFileBlobStore({ root: '/data', durability, fileSystem, hashing: inlineHashing() });
}

/** Every call takes a turn of the event loop, so that calls overlap as on a real disk; a file closed in use is an error. */
function slowFileSystem(): PowerLossFileSystem {
  const fileSystem = new PowerLossFileSystem();
  fileSystem.onCall = () => nextTurn();
  return fileSystem;
}

describe.each<Durability>(['full', 'fast'])('over a file system in memory, with durability %s', (durability) => {
  blobStoreContract(() => open(slowFileSystem(), durability));

  it('is as a model says after any calls and restarts', () =>
    checkRandomUse(async (steps) => {
      const fileSystem = slowFileSystem();
      await useAtRandom(await open(fileSystem, durability), steps, () => open(fileSystem, durability));
    }, 200));
});

it('is as a model says after any calls, restarts and power cuts, with durability full', () =>
  checkRandomUse(async (steps) => {
    let fileSystem = new PowerLossFileSystem();
    await useAtRandom(await open(fileSystem, 'full'), steps, async (store, powerCut) => {
      await store[Symbol.asyncDispose]();
      if (powerCut !== undefined) fileSystem = fileSystem.crash(powerCut);
      return open(fileSystem, 'full');
    });
  }, 400));

it('leaves nothing behind when content cannot be given its name', async () => {
  const disk = new PowerLossFileSystem();
  let isFailing = false;
  const store = await open(
    new FailingFileSystem(disk, (_, name) =>
      name === 'rename' && isFailing ? { code: 'EIO', hasEffect: false } : undefined,
    ),
    'full',
  );
  isFailing = true;
  await expect(store.put(digestOf('hello'), Buffer.from('hello'))).rejects.toMatchObject({ code: 'EIO' });
  isFailing = false;
  expect(await disk.list('/data/incoming')).toEqual([]);
  expect(disk.openFiles).toBe(0);
});

it('starts anew where a power cut left the name of an upload on a blob', async () => {
  const disk = new PowerLossFileSystem();
  const id = newUploadId();
  const hello = Buffer.from('hello');
  const before = await open(disk, 'full');
  const upload = await before.openUpload(id, 'sha256');
  await upload.append(sourceOf([hello]));
  await upload.finish(digestOf(hello));
  const left = Array.from({ length: 20 }, (_, seed) => disk.crash(seed));
  const named = await Promise.all(
    left.map(async (fileSystem) => (await fileSystem.stat(`/data/uploads/${id}`))?.names),
  );
  expect(named).toContain(2);
  for (const fileSystem of left) {
    const store = await open(fileSystem, 'full');
    const again = await store.openUpload(id, 'sha256');
    await again.append(sourceOf([Buffer.from('more')]));
    await again.release();
    expect(await readBlob(store, digestOf(hello))).toEqual(hello);
  }
});
