/** What a blob store does with blobs. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore } from '../../../src/registry/core/ports.ts';
import { HELLO, LARGE, openBlob, readBlob, readRange } from './blob-store-samples.ts';

export function blobFacts(open: () => Promise<BlobStore>): void {
  it('knows nothing of a blob it was not given', async () => {
    await using store = await open();
    expect(await store.stat(digestOf(HELLO))).toBeUndefined();
    expect(await store.open(digestOf(HELLO))).toBeUndefined();
    expect(await store.remove(digestOf(HELLO))).toBe(false);
    expect(await Array.fromAsync(store.list())).toEqual([]);
  });

  it.each(['sha256', 'sha512'] as const)('keeps blobs of any size under their %s digest', async (algorithm) => {
    await using store = await open();
    for (const bytes of [Buffer.alloc(0), HELLO, LARGE]) {
      const digest = digestOf(bytes, algorithm);
      await store.put(digest, bytes);
      expect(await store.stat(digest)).toBe(bytes.length);
      expect((await readBlob(store, digest))?.equals(bytes)).toBe(true);
    }
  });

  it('does not mind that the memory of a stored blob is used again', async () => {
    await using store = await open();
    const bytes = Buffer.from(HELLO);
    await store.put(digestOf(HELLO), bytes);
    bytes.fill(0);
    expect(await readBlob(store, digestOf(HELLO))).toEqual(HELLO);
  });

  it('stores a blob again without harm, also many times at once', async () => {
    await using store = await open();
    await Promise.all(Array.from({ length: 8 }, () => store.put(digestOf(HELLO), HELLO)));
    expect(await readBlob(store, digestOf(HELLO))).toEqual(HELLO);
    expect(await Array.fromAsync(store.list())).toMatchObject([{ digest: digestOf(HELLO), size: 5 }]);
  });

  it('lists every blob with its size and time', async () => {
    await using store = await open();
    const before = Date.now();
    const blobs = ['a', 'bb', 'ccc'].map((text) => ({
      digest: digestOf(text, text === 'bb' ? 'sha512' : 'sha256'),
      text,
    }));
    for (const { digest, text } of blobs) await store.put(digest, Buffer.from(text));
    const listed = new Map((await Array.fromAsync(store.list())).map(({ digest, size }) => [digest, size]));
    for await (const { changedAt } of store.list()) expect(Math.abs(changedAt.getTime() - before)).toBeLessThan(60_000);
    expect(listed).toEqual(new Map(blobs.map(({ digest, text }) => [digest, text.length])));
  });

  it('removes a blob, and leaves readers what they have open', async () => {
    await using store = await open();
    await store.put(digestOf(LARGE), LARGE);
    await using reader = await openBlob(store, digestOf(LARGE));
    expect(await store.remove(digestOf(LARGE))).toBe(true);
    expect(await store.stat(digestOf(LARGE))).toBeUndefined();
    expect((await readRange(reader, 0, reader.size)).equals(LARGE)).toBe(true);
    expect(await store.remove(digestOf(LARGE))).toBe(false);
  });
}
