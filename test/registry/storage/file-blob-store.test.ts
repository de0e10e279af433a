/** The file store over a file system in memory keeps the contract, and random use finds it as a model says. */
import { describe, it } from 'vitest';
import type { BlobStore, Durability } from '../../../src/registry/core/ports.ts';
import { openFileBlobStore } from '../../../src/registry/storage/file-blob-store.ts';
import type { FileSystem } from '../../../src/registry/storage/file-system.ts';
import { blobStoreContract } from '../../support/contracts/blob-store-contract.ts';
import { PowerLossFileSystem } from '../../support/fakes/power-loss-file-system.ts';
import { inlineHashing } from './inline-hashing.ts';
import { checkRandomUse, useAtRandom } from './random-use.ts';

function open(fileSystem: FileSystem, durability: Durability): Promise<BlobStore> {
  return openFileBlobStore({ root: '/data', durability, fileSystem, hashing: inlineHashing() });
}

describe.each<Durability>(['full', 'fast'])('over a file system in memory, with durability %s', (durability) => {
  blobStoreContract(() => open(new PowerLossFileSystem(), durability));

  it('is as a model says after any calls and restarts', () =>
    checkRandomUse(async (steps) => {
      const fileSystem = new PowerLossFileSystem();
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
