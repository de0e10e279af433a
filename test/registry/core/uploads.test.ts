/** Upload sessions over a store that fails, waits and watches. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore, BlobUpload, ByteSource, Metadata, UploadId } from '../../../src/registry/core/ports.ts';
import { createLeases } from '../../../src/registry/core/leases.ts';
import { type SessionKey, createUploads } from '../../../src/registry/core/uploads.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { MemoryBlobStore } from '../../../src/registry/storage/memory-blob-store.ts';
import { repositoryName } from '../../support/contracts/metadata-samples.ts';

const A = repositoryName('a');
const DIGEST = digestOf('hello');
const clock = { now: () => new Date() };

async function* bytes(text: string): ByteSource {
  yield [Buffer.from(text)];
}

const chunk = (text?: string) => ({
  source: text === undefined ? bytes('') : bytes(text),
  range: undefined,
  length: text === undefined ? 0 : text.length,
});

/** A store in memory that counts open uploads, and whose next `finish`, `append` or `release` can be made to fail. */
class WatchedStore extends MemoryBlobStore {
  readonly openIds = new Set<UploadId>();
  most = 0;
  failNext: 'append' | 'finish' | 'release' | undefined;

  override async openUpload(id: UploadId): Promise<BlobUpload> {
    const upload = await super.openUpload(id);
    this.openIds.add(id);
    this.most = Math.max(this.most, this.openIds.size);
    const attempt = async <T>(name: 'append' | 'finish' | 'release', work: () => Promise<T>, isLast: boolean) => {
      try {
        if (this.failNext === name) {
          this.failNext = undefined;
          if (isLast) await upload.release();
          throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        }
        return await work();
      } finally {
        if (isLast) this.openIds.delete(id);
      }
    };
    return {
      get size() {
        return upload.size;
      },
      append: (source) => attempt('append', () => upload.append(source), false),
      finish: (digest) => attempt('finish', () => upload.finish(digest), true),
      // Closing takes a moment, as it does on disk.
      release: () => attempt('release', () => new Promise(setImmediate).then(() => upload.release()), true),
      discard: () => attempt('finish', () => upload.discard(), true),
    };
  }
}

async function start(
  store: BlobStore = new WatchedStore(),
): Promise<{ metadata: Metadata; uploads: ReturnType<typeof createUploads>; begin: () => Promise<SessionKey> }> {
  const metadata = await openSqliteMetadata({ path: ':memory:', durability: 'fast' });
  const uploads = createUploads(metadata, store, clock, createLeases(0));
  const begin = async (): Promise<SessionKey> => ({
    repository: A,
    owner: '1',
    id: await uploads.begin(A, '1', 'sha256'),
  });
  return { metadata, uploads, begin };
}

afterEach(() => void vi.useRealTimers());

/** Lets what was begun go on. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

describe('a session', () => {
  it('can be finished again after the store failed at it', async () => {
    const store = new WatchedStore();
    const { uploads, begin, metadata } = await start(store);
    const key = await begin();
    await uploads.append(key, chunk('hello'));
    store.failNext = 'finish';
    await expect(uploads.finish(key, DIGEST, chunk())).rejects.toThrow('no space left');
    expect(await metadata.findBlob(A, DIGEST)).toBeUndefined();
    expect(await uploads.size(key)).toBe(5);
    await uploads.finish(key, DIGEST, chunk());
    expect(await metadata.findBlob(A, DIGEST)).toEqual({ size: 5 });
    expect(store.openIds.size).toBe(0);
  });

  it('goes on after the store failed to write', async () => {
    const store = new WatchedStore();
    const { uploads, begin } = await start(store);
    const key = await begin();
    await uploads.append(key, chunk('hel'));
    store.failNext = 'append';
    await expect(uploads.append(key, chunk('lo'))).rejects.toThrow('no space left');
    expect(await uploads.append(key, chunk('lo'))).toBe(5);
    await uploads.finish(key, DIGEST, chunk());
  });

  it('is closed when nobody uses it for a while, and opened again when somebody does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const store = new WatchedStore();
    const { uploads, begin } = await start(store);
    const key = await begin();
    await uploads.append(key, chunk('hel'));
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(await uploads.size(key)).toBe(3);
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(store.openIds.size).toBe(1);
    await vi.advanceTimersByTimeAsync(2 * 60_000);
    await turns(5);
    expect(store.openIds.size).toBe(0);
    expect(await uploads.append(key, chunk('lo'))).toBe(5);
    await uploads.finish(key, DIGEST, chunk());
  });

  it('can be used right while it is being closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { uploads, begin } = await start();
    const key = await begin();
    await uploads.append(key, chunk('hel'));
    vi.advanceTimersByTime(6 * 60_000);
    expect(await uploads.append(key, chunk('lo'))).toBe(5);
  });

  it('that cannot be closed well harms nobody', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const store = new WatchedStore();
    const { uploads, begin } = await start(store);
    const key = await begin();
    await uploads.append(key, chunk('hello'));
    store.failNext = 'release';
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    expect(await uploads.size(key)).toBe(5);
  });

  it('is one of at most 256 that are open', async () => {
    const store = new WatchedStore();
    const { uploads, begin } = await start(store);
    const keys = await Promise.all(Array.from({ length: 300 }, begin));
    for (const key of keys) {
      await uploads.append(key, chunk('hel'));
      await turns(2);
    }
    // One is being closed while the next is opened.
    expect(store.most).toBeLessThanOrEqual(257);
    for (const key of keys) expect(await uploads.append(key, chunk('lo'))).toBe(5);
    await uploads[Symbol.asyncDispose]();
    expect(store.openIds.size).toBe(0);
  });

  it('is stopped and closed with the rest, whoever still writes to it', async () => {
    const store = new WatchedStore();
    const { uploads, begin } = await start(store);
    const key = await begin();
    const begun = Promise.withResolvers<void>();
    const stalled: ByteSource = (async function* () {
      yield [Buffer.from('hel')];
      begun.resolve();
      await new Promise(() => {});
    })();
    const writing = uploads.append(key, { source: stalled, range: undefined, length: undefined });
    await begun.promise;
    const closed = uploads[Symbol.asyncDispose]();
    await expect(writing).rejects.toMatchObject({ reason: 'upload-interrupted' });
    await closed;
    expect([store.openIds.size, (await Array.fromAsync(store.listUploads())).map(({ size }) => size)]).toEqual([
      0,
      [3],
    ]);
  });

  it('belongs to repository and owner', async () => {
    const { uploads, begin } = await start();
    const key = await begin();
    for (const other of [
      { ...key, owner: '2' },
      { ...key, owner: undefined },
      { ...key, repository: repositoryName('b') },
      { ...key, id: key.id.toUpperCase() },
    ]) {
      await expect(uploads.size(other)).rejects.toMatchObject({ reason: 'upload-unknown' });
      await expect(uploads.append(other, chunk('x'))).rejects.toMatchObject({ reason: 'upload-unknown' });
      await expect(uploads.finish(other, DIGEST, chunk('hello'))).rejects.toMatchObject({ reason: 'upload-unknown' });
      await expect(uploads.cancel(other)).rejects.toMatchObject({ reason: 'upload-unknown' });
    }
    expect(await uploads.size(key)).toBe(0);
  });
});

describe('a blob in one go', () => {
  it('leaves nothing when its sender or the store fails', async () => {
    const store = new WatchedStore();
    const { uploads, metadata } = await start(store);
    const broken: ByteSource = (async function* () {
      yield [Buffer.from('hel')];
      throw new Error('gone');
    })();
    await expect(
      uploads.storeWhole(A, DIGEST, { source: broken, range: undefined, length: undefined }),
    ).rejects.toThrow('gone');
    await expect(uploads.storeWhole(A, DIGEST, chunk('hallo'))).rejects.toMatchObject({ reason: 'digest-mismatch' });
    for (const step of ['append', 'finish'] as const) {
      store.failNext = step;
      await expect(uploads.storeWhole(A, DIGEST, chunk('hello'))).rejects.toThrow('no space left');
    }
    expect([
      await metadata.findBlob(A, DIGEST),
      store.openIds.size,
      await Array.fromAsync(store.listUploads()),
    ]).toEqual([undefined, 0, []]);
    await uploads.storeWhole(A, DIGEST, chunk('hello'));
    expect(await metadata.findBlob(A, DIGEST)).toEqual({ size: 5 });
  });
});
