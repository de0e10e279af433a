/** Chunks: checked before, while and after they are appended. */
import { describe, expect, it } from 'vitest';
import { type Chunk, appendChunk } from '../../../src/registry/core/chunk.ts';
import type { BlobUpload, ByteSource, UploadId } from '../../../src/registry/core/ports.ts';
import { MemoryBlobStore } from '../../../src/registry/storage/memory-blob-store.ts';

const ID = '00000000-0000-4000-8000-000000000000' as UploadId;
const never = new AbortController().signal;

const newUpload = (): Promise<BlobUpload> => new MemoryBlobStore().openUpload(ID);

async function* bytes(...batches: string[]): ByteSource {
  for (const batch of batches) yield [Buffer.from(batch)];
}

const chunk = (source: ByteSource, range?: [number, number], length?: number): Chunk => ({
  source,
  range: range === undefined ? undefined : { start: range[0], end: range[1] },
  length,
});

describe('appendChunk', () => {
  it('appends what comes, and tells how much is there', async () => {
    const upload = await newUpload();
    expect(await appendChunk(upload, chunk(bytes('he', 'l'), [0, 3], 3), never)).toBe(3);
    expect(await appendChunk(upload, chunk(bytes('lo')), never)).toBe(5);
    expect(await appendChunk(upload, chunk(bytes(), undefined, 0), never)).toBe(5);
    expect(await appendChunk(upload, chunk(bytes()), never)).toBe(5);
  });

  it.each([
    ['begins too late', [1, 3], 2, 'upload-out-of-order'],
    ['says two lengths', [0, 3], 2, 'size-mismatch'],
    ['says a length and has none', [0, 3], 0, 'size-mismatch'],
  ] as const)('refuses one that %s, unread', async (_, range, length, reason) => {
    let isRead = false;
    const source = async function* (): ByteSource {
      isRead = true;
      yield [Buffer.from('xy')];
    };
    const upload = await newUpload();
    await expect(appendChunk(upload, chunk(source(), [...range], length), never)).rejects.toMatchObject({ reason });
    expect([upload.size, isRead]).toEqual([0, false]);
  });

  it('keeps what was announced of a longer body, and all of a shorter one', async () => {
    const upload = await newUpload();
    await expect(appendChunk(upload, chunk(bytes('ab', 'cd'), [0, 3]), never)).rejects.toMatchObject({
      reason: 'size-mismatch',
    });
    expect(upload.size).toBe(2);
    await expect(appendChunk(upload, chunk(bytes('c'), [2, 4]), never)).rejects.toMatchObject({
      reason: 'size-mismatch',
    });
    expect(upload.size).toBe(3);
  });

  it('stops at once when it is told to, though the client says nothing more', async () => {
    const stop = new AbortController();
    const upload = await newUpload();
    const source = async function* (): ByteSource {
      yield [Buffer.from('ab')];
      stop.abort();
      await new Promise(() => {});
    };
    await expect(appendChunk(upload, chunk(source()), stop.signal)).rejects.toMatchObject({
      reason: 'upload-interrupted',
    });
    expect(upload.size).toBe(2);
  });

  it('does not begin when it was told to stop before', async () => {
    const upload = await newUpload();
    await expect(appendChunk(upload, chunk(bytes('ab')), AbortSignal.abort())).rejects.toMatchObject({
      reason: 'upload-interrupted',
    });
    expect(upload.size).toBe(0);
  });

  it('leaves no listeners on the signal, however long the body', async () => {
    const stop = new AbortController();
    let added = 0;
    const add = stop.signal.addEventListener.bind(stop.signal);
    const remove = stop.signal.removeEventListener.bind(stop.signal);
    stop.signal.addEventListener = (...args: Parameters<typeof add>) => {
      added++;
      add(...args);
    };
    stop.signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      added--;
      remove(...args);
    };
    await appendChunk(await newUpload(), chunk(bytes(...Array.from({ length: 100 }, () => 'x'))), stop.signal);
    expect(added).toBe(0);
  });
});
