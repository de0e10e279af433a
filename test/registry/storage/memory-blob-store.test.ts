/** The store in memory keeps the contract, and random use finds it as a model says. */
import { describe, it } from 'vitest';
import { MemoryBlobStore } from '../../../src/registry/storage/memory-blob-store.ts';
import { blobStoreContract } from '../../support/contracts/blob-store-contract.ts';
import { checkRandomUse, useAtRandom } from './random-use.ts';

describe('in memory', () => {
  blobStoreContract(async () => new MemoryBlobStore());

  it('is as a model says after any calls', () =>
    checkRandomUse((steps) => useAtRandom(new MemoryBlobStore(), steps), 200));
});
