/** When an upload can be seen, opened, set aside and forgotten. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore } from '../../../src/registry/core/ports.ts';
import { HELLO, LARGE, newUploadId, piecesOf, readBlob, sourceOf } from './blob-store-samples.ts';

export function uploadLifeFacts(open: () => Promise<BlobStore>): void {
  it('shows nothing of an upload before it is finished', async () => {
    await using store = await open();
    const upload = await store.openUpload(newUploadId(), 'sha256');
    await upload.append(sourceOf([HELLO]));
    expect(await store.stat(digestOf(HELLO))).toBeUndefined();
    expect(await Array.fromAsync(store.list())).toEqual([]);
    await upload.discard();
  });

  it.each(['sha256', 'sha512'] as const)('goes on with an upload that was set aside, under %s', async (algorithm) => {
    await using store = await open();
    const id = newUploadId();
    for (const [start, end] of [
      [0, 1],
      [1, 600_000],
      [600_000, 600_000],
      [600_000, 1_200_000],
    ] as const) {
      const upload = await store.openUpload(id, start === 1 ? 'sha512' : 'sha256');
      expect(upload.size).toBe(start);
      expect(await upload.append(piecesOf(LARGE.subarray(start, end)))).toBe(end);
      await upload.release();
    }
    const upload = await store.openUpload(id, algorithm);
    expect(await upload.finish(digestOf(LARGE, algorithm))).toBe(LARGE.length);
    expect((await readBlob(store, digestOf(LARGE, algorithm)))?.equals(LARGE)).toBe(true);
  });

  it('lists uploads with their size and time', async () => {
    await using store = await open();
    const before = Date.now();
    const id = newUploadId();
    const upload = await store.openUpload(id, 'sha256');
    await upload.append(sourceOf([HELLO]));
    await upload.release();
    const [listed, ...others] = await Array.fromAsync(store.listUploads());
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ id, size: 5 });
    expect(Math.abs((listed?.changedAt.getTime() ?? 0) - before)).toBeLessThan(60_000);
  });

  it('forgets uploads that are discarded or removed', async () => {
    await using store = await open();
    const id = newUploadId();
    await store.removeUpload(id);
    for (const end of ['discard', 'remove'] as const) {
      const upload = await store.openUpload(id, 'sha256');
      expect(upload.size).toBe(0);
      await upload.append(sourceOf([HELLO]));
      await (end === 'discard' ? upload.discard() : upload.release());
      if (end === 'remove') await store.removeUpload(id);
      expect(await Array.fromAsync(store.listUploads())).toEqual([]);
    }
    const upload = await store.openUpload(id, 'sha256');
    expect(await upload.finish(digestOf(''))).toBe(0);
  });

  it('lets one user at a time have an upload', async () => {
    await using store = await open();
    const id = newUploadId();
    const upload = await store.openUpload(id, 'sha256');
    await expect(store.openUpload(id, 'sha256')).rejects.toMatchObject({ reason: 'upload-in-use' });
    await expect((async () => store.removeUpload(id))()).rejects.toMatchObject({ reason: 'upload-in-use' });
    const blocked = Promise.withResolvers<void>();
    const appending = upload.append(
      (async function* () {
        await blocked.promise;
        yield [HELLO];
      })(),
    );
    await expect(upload.append(sourceOf([HELLO]))).rejects.toMatchObject({ reason: 'upload-in-use' });
    await expect(upload.finish(digestOf(HELLO))).rejects.toMatchObject({ reason: 'upload-in-use' });
    blocked.resolve();
    expect(await appending).toBe(5);
    await upload.release();
    await expect(upload.append(sourceOf([HELLO]))).rejects.toMatchObject({ reason: 'upload-over' });
    await expect(upload.release()).rejects.toMatchObject({ reason: 'upload-over' });
    await (await store.openUpload(id, 'sha256')).discard();
  });
}
