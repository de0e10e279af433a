/** The contract of metadata: upload sessions. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { Metadata, UploadId } from '../../../src/registry/core/ports.ts';
import { newUpload } from './metadata-samples.ts';

export function uploadFacts(open: () => Promise<Metadata>): void {
  it('is found as it was begun, also an anonymous one', async () => {
    await using metadata = await open();
    const owned = newUpload('a/b');
    const anonymous = { ...newUpload('c'), owner: undefined, algorithm: 'sha512' as const };
    await Promise.all([metadata.beginUpload(owned), metadata.beginUpload(anonymous)]);
    expect(await metadata.findUpload(owned.id)).toEqual(owned);
    expect(await metadata.findUpload(anonymous.id)).toEqual(anonymous);
    expect(await metadata.findUpload('nobody' as UploadId)).toBeUndefined();
  });

  it('ends without leaving anything', async () => {
    await using metadata = await open();
    const upload = newUpload('a');
    await metadata.beginUpload(upload);
    await metadata.endUpload(upload.id);
    await metadata.endUpload(upload.id);
    expect(await metadata.findUpload(upload.id)).toBeUndefined();
    expect(await metadata.hasRepository(upload.repository)).toBe(false);
  });

  it('ends with a blob in its repository', async () => {
    await using metadata = await open();
    const upload = newUpload('a');
    const blob = { repository: upload.repository, digest: digestOf('x', 'sha512'), size: 1 };
    await metadata.beginUpload(upload);
    await metadata.endUpload(upload.id, blob);
    expect(await metadata.findUpload(upload.id)).toBeUndefined();
    expect(await metadata.findBlob(upload.repository, blob.digest)).toEqual({ size: 1 });
  });

  it('is there still when its blob could not be linked', async () => {
    await using metadata = await open();
    const upload = newUpload('a');
    await metadata.beginUpload(upload);
    const blob = { repository: upload.repository, digest: digestOf('x'), size: -1 };
    await expect(metadata.endUpload(upload.id, blob)).rejects.toThrow();
    expect(await metadata.findUpload(upload.id)).toEqual(upload);
    expect(await metadata.hasRepository(upload.repository)).toBe(false);
  });
}
