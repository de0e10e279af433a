/** The file store on a real disk. */
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import type { Durability } from '../../../src/registry/core/ports.ts';
import { openFileBlobStore } from '../../../src/registry/storage/file-blob-store.ts';
import { nodeFileSystem } from '../../../src/registry/storage/node-file-system.ts';
import { blobStoreContract } from '../../support/contracts/blob-store-contract.ts';

async function newRoot(): Promise<string> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'devreg-storage-'));
  onTestFinished(() => folder.remove());
  return folder.path;
}

describe.each<Durability>(['full', 'fast'])('on disk, with durability %s', (durability) => {
  blobStoreContract(async () => openFileBlobStore({ root: await newRoot(), durability, fileSystem: nodeFileSystem }));
});
