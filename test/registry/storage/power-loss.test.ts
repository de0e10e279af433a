/** With durability full, a power cut at any moment loses nothing that was answered and shows nothing that is wrong. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Digest, algorithmOf, digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore } from '../../../src/registry/core/ports.ts';
import { openFileBlobStore } from '../../../src/registry/storage/file-blob-store.ts';
import {
  newUploadId,
  piecesOf,
  readBlob,
  readIndexes,
  repository,
  sourceOf,
} from '../../support/contracts/blob-store-samples.ts';
import { PowerLossFileSystem, systemError } from '../../support/fakes/power-loss-file-system.ts';
import { inlineHashing } from './inline-hashing.ts';

const FIRST = Buffer.from(
  'the first content, which is as long as some of the sectors of the disk that it may be torn at',
);
const SECOND = Buffer.from(FIRST.toString('latin1').replaceAll('t', 'T'));
const SEEDS = [1, 2, 3, 4, 5, 6];

function open(fileSystem: PowerLossFileSystem): Promise<BlobStore> {
  return openFileBlobStore({ root: '/srv/data', durability: 'full', fileSystem, hashing: inlineHashing() });
}

/** What was answered with success so far. */
interface Answered {
  readonly blobs: Map<Digest, Buffer>;
  /** What a repository's index may be. */
  readonly indexes: Map<string, readonly (string | undefined)[]>;
}

/** Uses every way to make something visible, and notes each answer. */
async function useStore(store: BlobStore, answered: Answered): Promise<void> {
  await store.put(digestOf(FIRST), FIRST);
  answered.blobs.set(digestOf(FIRST), FIRST);
  const id = newUploadId();
  const upload = await store.openUpload(id, 'sha256');
  await upload.append(piecesOf(SECOND, 10));
  await upload.finish(digestOf(SECOND));
  answered.blobs.set(digestOf(SECOND), SECOND);
  const set = await store.openUpload(id, 'sha256');
  await set.append(piecesOf(FIRST.subarray(0, 50), 10));
  await set.release();
  const resumed = await store.openUpload(id, 'sha512');
  await resumed.append(piecesOf(FIRST.subarray(50), 10));
  await resumed.finish(digestOf(FIRST, 'sha512'));
  answered.blobs.set(digestOf(FIRST, 'sha512'), FIRST);
  await store.put(digestOf(FIRST), FIRST);
  answered.blobs.delete(digestOf(SECOND));
  await store.remove(digestOf(SECOND));
  await store.put(digestOf(SECOND), SECOND);
  answered.blobs.set(digestOf(SECOND), SECOND);
  await useIndexes(store, answered.indexes);
}

async function useIndexes(store: BlobStore, indexes: Answered['indexes']): Promise<void> {
  indexes.set('a', [undefined, 'old']);
  await store.writeIndex(repository('a'), Buffer.from('old'));
  indexes.set('a', ['old', 'new']);
  await store.writeIndex(repository('a'), Buffer.from('new'));
  indexes.set('a', ['new', undefined]);
  await store.removeIndex(repository('a'));
  indexes.set('a', [undefined]);
}

/** What must be true of the disk that a power cut left. */
async function inspect(left: PowerLossFileSystem, answered: Answered): Promise<void> {
  await using store = await open(left);
  const indexes = await readIndexes(store);
  for (const [name, possible] of answered.indexes) expect(possible).toContain(indexes.get(name));
  await inspectBlobs(store, answered);
  for await (const { id } of store.listUploads()) {
    const upload = await store.openUpload(id, 'sha256');
    await upload.append(sourceOf([Buffer.from('more')]));
    expect(await upload.finish(digestOf('what it is not'))).toBe('mismatch');
  }
  await inspectBlobs(store, answered);
}

async function inspectBlobs(store: BlobStore, answered: Answered): Promise<void> {
  for (const [digest, bytes] of answered.blobs) expect(await readBlob(store, digest)).toEqual(bytes);
  for await (const { digest } of store.list()) {
    expect(digestOf((await readBlob(store, digest)) ?? '', algorithmOf(digest))).toBe(digest);
  }
}

it('keeps what was answered and shows nothing wrong after a power cut before any call', async () => {
  const fileSystem = new PowerLossFileSystem();
  const answered: Answered = { blobs: new Map(), indexes: new Map() };
  let calls = 0;
  fileSystem.onCall = async () => {
    calls += 1;
    for (const seed of SEEDS) await inspect(fileSystem.crash(calls * 100 + seed), answered);
  };
  await using store = await open(fileSystem);
  await useStore(store, answered);
  for (const seed of SEEDS) await inspect(fileSystem.crash(seed), answered);
  expect(calls).toBeGreaterThan(80);
});

it('trusts no directory that a process made which died before it could sync', async () => {
  const whole = await callsOf(async (store) => store.put(digestOf(FIRST), FIRST));
  for (let died = 1; died <= whole; died++) {
    const fileSystem = new PowerLossFileSystem();
    let calls = 0;
    fileSystem.onCall = async () => {
      calls += 1;
      if (calls >= died) throw systemError('EKILLED');
    };
    await expect(open(fileSystem).then((store) => store.put(digestOf(FIRST), FIRST))).rejects.toThrow('EKILLED');
    fileSystem.onCall = undefined;
    await using store = await open(fileSystem);
    await store.put(digestOf(FIRST), FIRST);
    const answered: Answered = { blobs: new Map([[digestOf(FIRST), FIRST]]), indexes: new Map() };
    for (const seed of SEEDS) await inspect(fileSystem.crash(died * 100 + seed), answered);
  }
});

it('never believes in bytes for which a sync failed', async () => {
  const ways: ((store: BlobStore) => Promise<unknown>)[] = [
    (store) => store.put(digestOf(FIRST), FIRST),
    (store) => uploadWhole(store, FIRST),
    (store) => store.writeIndex(repository('a'), FIRST),
  ];
  for (const use of ways) {
    const fileSystem = new PowerLossFileSystem();
    await using store = await open(fileSystem);
    fileSystem.failSyncs(1);
    await expect(use(store)).rejects.toMatchObject({ code: 'EIO' });
    expect(await Array.fromAsync(store.listUploads())).toEqual([]);
    await use(store);
    const indexes = await readIndexes(store);
    const expected = {
      blobs: await blobsOf(store),
      indexes: new Map([...indexes].map(([name, text]) => [name, [text]])),
    };
    for (const seed of SEEDS) await inspect(fileSystem.crash(seed), expected);
  }
});

it('syncs large uploads while they arrive, and never believes in bytes for which that failed', async () => {
  const large = Buffer.alloc(20 * 1024 * 1024, 'x');
  for (const end of ['finish', 'release'] as const) {
    const fileSystem = new PowerLossFileSystem();
    await using store = await open(fileSystem);
    fileSystem.failSyncs(1);
    const id = newUploadId();
    const opened = await store.openUpload(id, 'sha256');
    await opened.append(piecesOf(large, 1024 * 1024));
    if (end === 'finish') await expect(opened.finish(digestOf(large))).rejects.toMatchObject({ code: 'EIO' });
    else await opened.release();
    expect(await Array.fromAsync(store.listUploads())).toEqual([]);
    expect(await uploadWhole(store, large)).toBe(large.length);
    expect((await readBlob(await open(fileSystem.crash(1)), digestOf(large)))?.equals(large)).toBe(true);
  }
});

it('waits for a sync under way before it closes a large upload', async () => {
  const fileSystem = new PowerLossFileSystem();
  await using store = await open(fileSystem);
  fileSystem.onCall = () => nextTurn();
  const opened = await store.openUpload(newUploadId(), 'sha256');
  await opened.append(piecesOf(Buffer.alloc(8 * 1024 * 1024), 256 * 1024));
  await opened.discard();
  expect(fileSystem.openFiles).toBe(0);
});

async function uploadWhole(store: BlobStore, bytes: Buffer): Promise<number | 'mismatch'> {
  const opened = await store.openUpload(newUploadId(), 'sha256');
  await opened.append(piecesOf(bytes, 1024 * 1024));
  return opened.finish(digestOf(bytes));
}

async function blobsOf(store: BlobStore): Promise<Map<Digest, Buffer>> {
  const blobs = new Map<Digest, Buffer>();
  for await (const { digest } of store.list()) blobs.set(digest, (await readBlob(store, digest)) ?? Buffer.alloc(0));
  return blobs;
}

/** How many calls opening a store and using it takes. */
async function callsOf(use: (store: BlobStore) => Promise<unknown>): Promise<number> {
  const fileSystem = new PowerLossFileSystem();
  let calls = 0;
  fileSystem.onCall = async () => void (calls += 1);
  await use(await open(fileSystem));
  return calls;
}
