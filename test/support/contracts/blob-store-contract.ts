/** What every blob store does, run against each of them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { type RepositoryName, parseRepositoryName } from '../../../src/oci/repository.ts';
import type { BlobReader, BlobStore, ByteSource, UploadId } from '../../../src/registry/core/ports.ts';

const HELLO = Buffer.from('hello');
/** More than two of a store's large reads, and no multiple of them. */
const LARGE = randomBytes(1_200_000);

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

function blobFacts(open: () => Promise<BlobStore>): void {
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
    expect(await Array.fromAsync(store.list())).toEqual([{ digest: digestOf(HELLO), size: 5 }]);
  });

  it('lists every blob with its size', async () => {
    await using store = await open();
    const blobs = ['a', 'bb', 'ccc'].map((text) => ({ digest: digestOf(text, text === 'bb' ? 'sha512' : 'sha256'), text }));
    for (const { digest, text } of blobs) await store.put(digest, Buffer.from(text));
    const listed = new Map((await Array.fromAsync(store.list())).map(({ digest, size }) => [digest, size]));
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

function rangeFacts(open: () => Promise<BlobStore>): void {
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

function uploadFacts(open: () => Promise<BlobStore>): void {
  it.each(['sha256', 'sha512'] as const)('makes an upload a blob under its %s digest, whichever was announced', async (algorithm) => {
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
  });

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

function uploadLifeFacts(open: () => Promise<BlobStore>): void {
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
    for (const [start, end] of [[0, 1], [1, 600_000], [600_000, 600_000], [600_000, 1_200_000]] as const) {
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

function indexFacts(open: () => Promise<BlobStore>): void {
  it('keeps the index of every repository apart', async () => {
    await using store = await open();
    const names = ['a', 'a/b', 'a/b/c', 'a-b', 'a.b', 'a__b', 'ab', 'uploads', `${'x'.repeat(253)}/y`, `${'z/'.repeat(127)}z`];
    for (const name of names) await store.writeIndex(repository(name), Buffer.from(`before ${name}`));
    for (const name of names) await store.writeIndex(repository(name), Buffer.from(`after ${name}`));
    expect(await readIndexes(store)).toEqual(new Map(names.map((name) => [name, `after ${name}`])));
  });

  it('removes indexes, whether or not there is one', async () => {
    await using store = await open();
    await store.removeIndex(repository('a'));
    await store.writeIndex(repository('a'), Buffer.alloc(0));
    await store.writeIndex(repository('a/b'), LARGE);
    await store.removeIndex(repository('a'));
    expect([...(await readIndexes(store)).keys()]).toEqual(['a/b']);
  });

  it('does not take an index for a blob or an upload', async () => {
    await using store = await open();
    await store.writeIndex(repository('sha256'), HELLO);
    await store.writeIndex(repository(newUploadId()), HELLO);
    expect(await Array.fromAsync(store.list())).toEqual([]);
    expect(await Array.fromAsync(store.listUploads())).toEqual([]);
  });
}

/** A new upload's name. */
export function newUploadId(): UploadId {
  return randomUUID() as string as UploadId;
}

/** A repository's name from a text that is one. */
export function repository(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  if (name === undefined) throw new Error(`${text} is no repository name`);
  return name;
}

/** A source of these batches. */
export async function* sourceOf(...batches: (readonly Uint8Array[])[]): AsyncGenerator<readonly Uint8Array[]> {
  yield* batches;
}

/** A source of these bytes in batches of several pieces. */
export async function* piecesOf(bytes: Uint8Array, size = 65_536): AsyncGenerator<readonly Uint8Array[]> {
  for (let start = 0; start < bytes.length; start += 4 * size) {
    yield [0, 1, 2, 3].map((piece) => bytes.subarray(start + piece * size, start + (piece + 1) * size));
  }
}

/** All of a blob, or undefined when there is none. */
export async function readBlob(store: BlobStore, digest: Digest): Promise<Buffer | undefined> {
  await using reader = await store.open(digest);
  return reader === undefined ? undefined : await readRange(reader, 0, reader.size);
}

/** The bytes of a range. */
export async function readRange(reader: BlobReader, start: number, end: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of reader.chunks(start, end)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** Every index by its repository's name, as text. */
export async function readIndexes(store: BlobStore): Promise<Map<string, string>> {
  const indexes = await Array.fromAsync(store.readIndexes());
  return new Map(indexes.map(({ repository: name, bytes }) => [name, Buffer.from(bytes).toString()]));
}

async function openBlob(store: BlobStore, digest: Digest): Promise<BlobReader> {
  const reader = await store.open(digest);
  if (reader === undefined) throw new Error(`${digest} is not there`);
  return reader;
}
