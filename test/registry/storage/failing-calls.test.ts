/** Whatever call to the file system fails, the operation fails with it, nothing wrong is visible, and trying again works. */
import { describe, expect, it } from 'vitest';
import { algorithmOf, digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore, Durability } from '../../../src/registry/core/ports.ts';
import { openFileBlobStore } from '../../../src/registry/storage/file-blob-store.ts';
import {
  newUploadId,
  piecesOf,
  readBlob,
  readIndexes,
  repository,
} from '../../support/contracts/blob-store-samples.ts';
import { FailingFileSystem, type Failure } from '../../support/fakes/failing-file-system.ts';
import { PowerLossFileSystem } from '../../support/fakes/power-loss-file-system.ts';
import { inlineHashing } from './inline-hashing.ts';

const KEPT = Buffer.from('what was there before');
const CONTENT = Buffer.from(
  'content in several pieces, of which each is a batch of its own, and four of them make it whole',
);
const UPLOAD = newUploadId();

const FAILURES: readonly Failure[] = ['ENOSPC', 'EIO', 'EMFILE'].flatMap((code) => [
  { code, hasEffect: false },
  { code, hasEffect: true },
]);

interface Operation {
  readonly name: string;
  /** Done before calls fail. */
  readonly prepare?: (store: BlobStore) => Promise<void>;
  readonly run: (store: BlobStore) => Promise<void>;
  /** What is true once it succeeded. */
  readonly check: (store: BlobStore) => Promise<void>;
}

/** Uploads what is missing of the content, as a client does that asks for the offset and goes on. */
async function uploadRest(store: BlobStore, end: number): Promise<void> {
  const upload = await store.openUpload(UPLOAD, 'sha256');
  try {
    await upload.append(piecesOf(CONTENT.subarray(upload.size, end), 7));
  } finally {
    await upload.release();
  }
}

async function finish(store: BlobStore, algorithm: 'sha256' | 'sha512'): Promise<void> {
  const upload = await store.openUpload(UPLOAD, 'sha256');
  const sent = await upload.append(piecesOf(CONTENT.subarray(upload.size), 7)).catch(async (error: unknown) => {
    await upload.release();
    throw error;
  });
  expect(sent).toBe(CONTENT.length);
  expect(await upload.finish(digestOf(CONTENT, algorithm))).toBe(CONTENT.length);
}

async function holds(store: BlobStore, algorithm: 'sha256' | 'sha512' = 'sha256'): Promise<void> {
  expect(await readBlob(store, digestOf(CONTENT, algorithm))).toEqual(CONTENT);
}

const OPERATIONS: readonly Operation[] = [
  { name: 'put', run: (store) => store.put(digestOf(CONTENT), CONTENT), check: holds },
  {
    name: 'put again',
    prepare: (store) => store.put(digestOf(CONTENT), CONTENT),
    run: (store) => store.put(digestOf(CONTENT), CONTENT),
    check: holds,
  },
  { name: 'upload', run: (store) => finish(store, 'sha256'), check: holds },
  {
    name: 'upload under another digest',
    run: (store) => finish(store, 'sha512'),
    check: (store) => holds(store, 'sha512'),
  },
  {
    name: 'go on with an upload',
    prepare: (store) => uploadRest(store, 40),
    run: (store) => finish(store, 'sha256'),
    check: holds,
  },
  {
    name: 'upload in parts',
    run: async (store) => {
      await uploadRest(store, 30);
      await uploadRest(store, 60);
      await finish(store, 'sha256');
    },
    check: holds,
  },
  {
    name: 'upload what has another digest',
    run: async (store) => {
      const upload = await store.openUpload(UPLOAD, 'sha256');
      expect(await upload.finish(digestOf(CONTENT))).toBe('mismatch');
    },
    check: async (store) => expect(await Array.fromAsync(store.listUploads())).toEqual([]),
  },
  {
    name: 'discard an upload',
    prepare: (store) => uploadRest(store, 40),
    run: async (store) => (await store.openUpload(UPLOAD, 'sha256')).discard(),
    check: async (store) => expect(await Array.fromAsync(store.listUploads())).toEqual([]),
  },
  {
    name: 'remove an upload',
    prepare: (store) => uploadRest(store, 40),
    run: (store) => store.removeUpload(UPLOAD),
    check: async (store) => expect(await Array.fromAsync(store.listUploads())).toEqual([]),
  },
  {
    name: 'remove a blob',
    prepare: (store) => store.put(digestOf(CONTENT), CONTENT),
    run: async (store) => void (await store.remove(digestOf(CONTENT))),
    check: async (store) => expect(await store.stat(digestOf(CONTENT))).toBeUndefined(),
  },
  {
    name: 'write an index',
    run: (store) => store.writeIndex(repository('new'), CONTENT),
    check: async (store) => expect((await readIndexes(store)).get('new')).toBe(CONTENT.toString()),
  },
  {
    name: 'remove an index',
    prepare: (store) => store.writeIndex(repository('new'), CONTENT),
    run: (store) => store.removeIndex(repository('new')),
    check: async (store) => expect((await readIndexes(store)).get('new')).toBeUndefined(),
  },
  {
    name: 'read',
    run: async (store) => {
      expect(await store.stat(digestOf(KEPT))).toBe(KEPT.length);
      await looksRight(store);
    },
    check: () => Promise.resolve(),
  },
];

/** Every blob that is visible is whole, and what was there before still is. */
async function looksRight(store: BlobStore): Promise<void> {
  for await (const { digest, size } of store.list()) {
    const bytes = await readBlob(store, digest);
    expect(bytes?.length).toBe(size);
    expect(digestOf(bytes ?? '', algorithmOf(digest))).toBe(digest);
  }
  expect(await readBlob(store, digestOf(KEPT))).toEqual(KEPT);
  const indexes = await readIndexes(store);
  expect(indexes.get('kept')).toBe(KEPT.toString());
  expect([undefined, CONTENT.toString()]).toContain(indexes.get('new'));
}

/** A store with something in it, opened anew, over a file system whose calls fail as `plan` says once it is set. */
async function setUp(durability: Durability, operation: Operation) {
  const disk = new PowerLossFileSystem();
  const plan: { failureOf?: (call: number) => Failure | undefined } = {};
  const failing = new FailingFileSystem(disk, (call) => plan.failureOf?.(call));
  const options = { root: '/data', durability, fileSystem: failing, hashing: inlineHashing() };
  const before = await openFileBlobStore(options);
  await before.put(digestOf(KEPT), KEPT);
  await before.writeIndex(repository('kept'), KEPT);
  await operation.prepare?.(before);
  return { disk, plan, failing, store: await openFileBlobStore(options) };
}

describe.each<Durability>(['full', 'fast'])('with durability %s', (durability) => {
  it.each(OPERATIONS)('$name: fails with any one call, and then succeeds', async (operation) => {
    for (const failure of FAILURES) {
      for (let number = 1, done = false; !done; number++) {
        const { disk, plan, failing, store } = await setUp(durability, operation);
        const failingCall = failing.calls + number;
        plan.failureOf = (call) => (call === failingCall ? failure : undefined);
        const error = await operation.run(store).catch((reason: unknown) => reason);
        done = failing.calls < failingCall;
        delete plan.failureOf;
        if (error === undefined) await operation.check(store);
        else expect(error).toMatchObject({ code: failure.code });
        expect(disk.openFiles).toBe(0);
        await looksRight(store);
        await operation.run(store);
        await operation.check(store);
        await looksRight(store);
        expect(disk.openFiles).toBe(0);
      }
    }
  });

  it.each(OPERATIONS)('$name: shows nothing wrong while every few calls fail, and then succeeds', async (operation) => {
    for (const failure of FAILURES) {
      for (const every of [1, 2, 3, 5, 7]) {
        const { disk, plan, store } = await setUp(durability, operation);
        plan.failureOf = (call) => (call % every === 0 ? failure : undefined);
        for (let attempt = 0; attempt < 6; attempt++) await operation.run(store).catch(() => undefined);
        delete plan.failureOf;
        expect(disk.openFiles).toBe(0);
        await looksRight(store);
        await operation.run(store);
        await operation.check(store);
        await looksRight(store);
      }
    }
  });

  it('opens not at all while calls fail, and then as ever', async () => {
    for (let number = 1, done = false; !done; number++) {
      const disk = new PowerLossFileSystem();
      let isFailing = true;
      const failing = new FailingFileSystem(disk, (call) =>
        isFailing && call === number ? { code: 'EIO', hasEffect: false } : undefined,
      );
      const options = { root: '/srv/data', durability, fileSystem: failing, hashing: inlineHashing() };
      const error = await openFileBlobStore(options).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      done = failing.calls < number;
      if (!done) expect(error).toMatchObject({ reason: 'folder-unusable', cause: { code: 'EIO' } });
      isFailing = false;
      const store = await openFileBlobStore(options);
      await store.put(digestOf(CONTENT), CONTENT);
      await holds(store);
      expect(disk.openFiles).toBe(0);
    }
  });
});
