/** What every blob store does, run against each of them. */
import type { BlobStore } from '../../../src/registry/core/ports.ts';
import { blobFacts } from './blob-store-blobs.ts';
import { indexFacts } from './blob-store-indexes.ts';
import { rangeFacts } from './blob-store-ranges.ts';
import { uploadLifeFacts } from './blob-store-upload-life.ts';
import { uploadFacts } from './blob-store-uploads.ts';

/**
 * The facts of a blob store.
 * @param open makes an empty store
 */
export function blobStoreContract(open: () => Promise<BlobStore>): void {
  blobFacts(open);
  rangeFacts(open);
  uploadFacts(open);
  uploadLifeFacts(open);
  indexFacts(open);
}
