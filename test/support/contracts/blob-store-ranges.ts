/** How a blob store reads. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore } from '../../../src/registry/core/ports.ts';
import { HELLO, LARGE, openBlob, readRange } from './blob-store-samples.ts';

export function rangeFacts(open: () => Promise<BlobStore>): void {
  it('reads any range', async () => {
    await using store = await open();
    await store.put(digestOf(LARGE), LARGE);
    await using reader = await openBlob(store, digestOf(LARGE));
    const edges = [0, 1, 65_536, 65_537, 524_287, 524_288, 524_289, 1_048_576, 1_199_999, 1_200_000];
    for (const start of edges) {
      for (const end of edges.filter((edge) => edge >= start)) {
        expect((await readRange(reader, start, end)).equals(LARGE.subarray(start, end))).toBe(true);
      }
    }
  });

  it('reads for many at once, more than it keeps memory for', async () => {
    await using store = await open();
    await store.put(digestOf(LARGE), LARGE);
    const readers = await Promise.all(Array.from({ length: 40 }, () => openBlob(store, digestOf(LARGE))));
    const all = await Promise.all(readers.map((reader) => readRange(reader, 0, reader.size)));
    expect(all.every((bytes) => bytes.equals(LARGE))).toBe(true);
    await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
  });

  it('reads on for others when one stops half way', async () => {
    await using store = await open();
    await store.put(digestOf(LARGE), LARGE);
    for (let round = 0; round < 40; round++) {
      await using stopped = await openBlob(store, digestOf(LARGE));
      for await (const chunk of stopped.chunks(0, stopped.size)) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      await using reader = await openBlob(store, digestOf(LARGE));
      expect((await readRange(reader, 0, reader.size)).equals(LARGE)).toBe(true);
    }
  });

  it('may be closed as soon as one stops half way', async () => {
    await using store = await open();
    await store.put(digestOf(LARGE), LARGE);
    const reader = await openBlob(store, digestOf(LARGE));
    const chunks = reader.chunks(0, reader.size)[Symbol.asyncIterator]();
    await chunks.next();
    await reader[Symbol.asyncDispose]();
    await chunks.return?.();
    await using other = await openBlob(store, digestOf(LARGE));
    expect((await readRange(other, 0, other.size)).equals(LARGE)).toBe(true);
  });

  it('leaves a chunk alone until the next is asked for, whatever others read', async () => {
    await using store = await open();
    await store.put(digestOf(LARGE), LARGE);
    const reversed = LARGE.toReversed();
    await store.put(digestOf(reversed), reversed);
    await using reader = await openBlob(store, digestOf(LARGE));
    let position = 0;
    for await (const chunk of reader.chunks(0, reader.size)) {
      for (let round = 0; round < 3; round++) {
        await using other = await openBlob(store, digestOf(reversed));
        expect((await readRange(other, 0, other.size)).equals(reversed)).toBe(true);
      }
      expect(LARGE.subarray(position, position + chunk.length).equals(chunk)).toBe(true);
      position += chunk.length;
    }
    expect(position).toBe(LARGE.length);
  });

  it('rejects a range that ends behind the blob, after what is there', async () => {
    await using store = await open();
    await store.put(digestOf(HELLO), HELLO);
    await using reader = await openBlob(store, digestOf(HELLO));
    await expect(readRange(reader, 0, 6)).rejects.toMatchObject({ reason: 'damaged' });
    await expect(readRange(reader, 7, 9)).rejects.toMatchObject({ reason: 'damaged' });
  });

  it('reads nothing from a blob that was closed', async () => {
    await using store = await open();
    await store.put(digestOf(HELLO), HELLO);
    const reader = await openBlob(store, digestOf(HELLO));
    await reader[Symbol.asyncDispose]();
    await reader[Symbol.asyncDispose]();
    await expect(readRange(reader, 0, 5)).rejects.toMatchObject({ reason: 'closed' });
  });
}
