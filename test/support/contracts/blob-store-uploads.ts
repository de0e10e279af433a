/** What becomes of the bytes of an upload. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore, ByteSource } from '../../../src/registry/core/ports.ts';
import { HELLO, LARGE, newUploadId, piecesOf, readBlob, sourceOf } from './blob-store-samples.ts';

export function uploadFacts(open: () => Promise<BlobStore>): void {
  it.each(['sha256', 'sha512'] as const)(
    'makes an upload a blob under its %s digest, whichever was announced',
    async (algorithm) => {
      await using store = await open();
      for (const bytes of [Buffer.alloc(0), HELLO, LARGE]) {
        for (const announced of ['sha256', 'sha512'] as const) {
          const upload = await store.openUpload(newUploadId(), announced);
          expect(await upload.append(piecesOf(bytes))).toBe(bytes.length);
          expect(upload.size).toBe(bytes.length);
          expect(await upload.finish(digestOf(bytes, algorithm))).toBe(bytes.length);
          expect((await readBlob(store, digestOf(bytes, algorithm)))?.equals(bytes)).toBe(true);
        }
      }
      expect(await Array.fromAsync(store.listUploads())).toEqual([]);
    },
  );

  it('takes empty pieces, empty batches and empty sources', async () => {
    await using store = await open();
    const upload = await store.openUpload(newUploadId(), 'sha256');
    const empty = Buffer.alloc(0);
    await upload.append(sourceOf([], [empty], [empty, HELLO.subarray(0, 2), empty], [HELLO.subarray(2), empty]));
    expect(await upload.append(sourceOf())).toBe(5);
    expect(await upload.finish(digestOf(HELLO))).toBe(5);
    expect(await readBlob(store, digestOf(HELLO))).toEqual(HELLO);
  });

  it('takes a batch of very many pieces', async () => {
    await using store = await open();
    const upload = await store.openUpload(newUploadId(), 'sha256');
    await upload.append(sourceOf(Array.from({ length: 5000 }, (_, index) => LARGE.subarray(index * 7, index * 7 + 7))));
    const expected = LARGE.subarray(0, 35_000);
    expect(await upload.finish(digestOf(expected))).toBe(35_000);
    expect((await readBlob(store, digestOf(expected)))?.equals(expected)).toBe(true);
  });

  it('forgets bytes that have another digest', async () => {
    await using store = await open();
    for (const named of [digestOf('other'), digestOf('other', 'sha512')]) {
      const id = newUploadId();
      const upload = await store.openUpload(id, 'sha256');
      await upload.append(sourceOf([HELLO]));
      expect(await upload.finish(named)).toBe('mismatch');
      expect(await store.stat(named)).toBeUndefined();
      expect(await Array.fromAsync(store.listUploads())).toEqual([]);
      const again = await store.openUpload(id, 'sha256');
      expect(again.size).toBe(0);
      await again.discard();
    }
    expect(await Array.fromAsync(store.list())).toEqual([]);
  });

  it('keeps what arrived before a source failed, and goes on from there', async () => {
    await using store = await open();
    const upload = await store.openUpload(newUploadId(), 'sha256');
    const broken = new Error('connection reset');
    const source: ByteSource = (async function* () {
      yield [HELLO.subarray(0, 1), HELLO.subarray(1, 3)];
      throw broken;
    })();
    await expect(upload.append(source)).rejects.toBe(broken);
    expect(upload.size).toBe(3);
    expect(await upload.append(sourceOf([HELLO.subarray(3)]))).toBe(5);
    expect(await upload.finish(digestOf(HELLO))).toBe(5);
    expect(await readBlob(store, digestOf(HELLO))).toEqual(HELLO);
  });

  it('finishes uploads of the same content side by side', async () => {
    await using store = await open();
    const finished = Array.from({ length: 8 }, async () => {
      const upload = await store.openUpload(newUploadId(), 'sha256');
      await upload.append(piecesOf(LARGE));
      return upload.finish(digestOf(LARGE));
    });
    expect(new Set(await Promise.all(finished))).toEqual(new Set([LARGE.length]));
    expect((await readBlob(store, digestOf(LARGE)))?.equals(LARGE)).toBe(true);
  });
}
