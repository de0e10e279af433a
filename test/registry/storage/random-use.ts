/** Random sequences of calls on a blob store, checked step by step against a model of what it must hold. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Digest, type DigestAlgorithm, algorithmOf, digestOf } from '../../../src/oci/digest.ts';
import type { BlobStore, BlobUpload, UploadId } from '../../../src/registry/core/ports.ts';
import {
  newUploadId,
  readBlob,
  readIndexes,
  readRange,
  repository,
} from '../../support/contracts/blob-store-samples.ts';

/** Contents of several sizes, those that share a beginning included; named, so that a sequence can be read. */
const CONTENTS = { nothing: '', a: 'a', ab: 'ab', short: 'b'.repeat(40), long: 'b'.repeat(5000) };
const REPOSITORIES = ['a', 'a/b', 'a-b'].map(repository);
const UPLOADS = [newUploadId(), newUploadId()];

const content = fc.constantFrom<keyof typeof CONTENTS>('nothing', 'a', 'ab', 'short', 'long');
const algorithm = fc.constantFrom<DigestAlgorithm>('sha256', 'sha512');
const upload = fc.constantFrom(...UPLOADS);
const name = fc.constantFrom(...REPOSITORIES);

/** One step of a sequence. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('put'), content, algorithm }),
  fc.record({ kind: fc.constant('remove'), content, algorithm }),
  fc.record({ kind: fc.constant('read'), content, algorithm, from: fc.nat(50), length: fc.nat(6000) }),
  fc.record({ kind: fc.constant('open'), upload, algorithm }),
  fc.record({ kind: fc.constant('append'), upload, content, breaks: fc.boolean() }),
  fc.record({ kind: fc.constant('finish'), upload, algorithm, digestOf: fc.constantFrom('bytes', 'bytes', 'other') }),
  fc.record({ kind: fc.constantFrom('release', 'discard', 'removeUpload'), upload }),
  fc.record({ kind: fc.constant('writeIndex'), name, content }),
  fc.record({ kind: fc.constant('removeIndex'), name }),
  fc.record({ kind: fc.constant('restart'), powerCut: fc.option(fc.nat(), { nil: undefined }) }),
);

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What the store must hold, and what it may hold besides. */
class Model {
  readonly blobs = new Map<Digest, Buffer>();
  readonly maybe = new Map<Digest, Buffer>();
  /** The bytes of uploads; undefined after a power cut, which may have left anything. */
  readonly uploads = new Map<UploadId, Buffer | undefined>();
  readonly open = new Map<UploadId, BlobUpload>();
  readonly indexes = new Map<string, string>();
}

/**
 * Takes the steps and compares the store with the model after each.
 * @param reopen closes the store and opens one on what it left; with a seed, after a power cut
 */
export async function useAtRandom(
  first: BlobStore,
  steps: readonly Step[],
  reopen?: (store: BlobStore, powerCut: number | undefined) => Promise<BlobStore>,
): Promise<void> {
  const model = new Model();
  let store = first;
  for (const taken of steps) {
    if (taken.kind === 'restart') {
      if (reopen !== undefined) store = await restart(store, model, taken.powerCut, reopen);
    } else {
      await take(store, model, taken);
    }
    await compare(store, model);
  }
  for (const opened of model.open.values()) await opened.release();
  await store[Symbol.asyncDispose]();
}

type Restart = NonNullable<Parameters<typeof useAtRandom>[2]>;

async function restart(
  store: BlobStore,
  model: Model,
  powerCut: number | undefined,
  reopen: Restart,
): Promise<BlobStore> {
  for (const opened of model.open.values()) await opened.release();
  model.open.clear();
  if (powerCut !== undefined) for (const id of UPLOADS) model.uploads.set(id, undefined);
  return reopen(store, powerCut);
}

async function take(store: BlobStore, model: Model, taken: Exclude<Step, { kind: 'restart' }>): Promise<void> {
  const bytes = Buffer.from('content' in taken ? CONTENTS[taken.content] : '');
  switch (taken.kind) {
    case 'put':
      await store.put(digestOf(bytes, taken.algorithm), bytes);
      return void model.blobs.set(digestOf(bytes, taken.algorithm), bytes);
    case 'remove':
      return removeBlob(store, model, digestOf(bytes, taken.algorithm));
    case 'read':
      return readSome(store, digestOf(bytes, taken.algorithm), bytes, taken.from, taken.length);
    case 'open':
      return openUpload(store, model, taken.upload, taken.algorithm);
    case 'append':
      return append(model, taken.upload, bytes, taken.breaks);
    case 'finish':
      return finish(model, taken.upload, taken.algorithm, taken.digestOf === 'other');
    case 'writeIndex':
      await store.writeIndex(taken.name, bytes);
      return void model.indexes.set(taken.name, bytes.toString());
    case 'removeIndex':
      await store.removeIndex(taken.name);
      return void model.indexes.delete(taken.name);
    default:
      return endUpload(store, model, taken.upload, taken.kind);
  }
}

async function removeBlob(store: BlobStore, model: Model, digest: Digest): Promise<void> {
  const bytes = model.blobs.get(digest);
  const removed = await store.remove(digest);
  if (bytes !== undefined) expect(removed).toBe(true);
  if (bytes !== undefined) model.maybe.set(digest, bytes);
  model.blobs.delete(digest);
}

async function readSome(store: BlobStore, digest: Digest, bytes: Buffer, from: number, length: number): Promise<void> {
  await using reader = await store.open(digest);
  if (reader === undefined) return;
  const start = Math.min(from, bytes.length);
  const end = Math.min(start + length, bytes.length);
  expect(await readRange(reader, start, end)).toEqual(bytes.subarray(start, end));
}

async function openUpload(store: BlobStore, model: Model, id: UploadId, announced: DigestAlgorithm): Promise<void> {
  if (model.open.has(id))
    return expect(store.openUpload(id, announced)).rejects.toMatchObject({ reason: 'upload-in-use' });
  const opened = await store.openUpload(id, announced);
  if (!model.uploads.has(id)) model.uploads.set(id, Buffer.alloc(0));
  const bytes = model.uploads.get(id);
  if (bytes !== undefined) expect(opened.size).toBe(bytes.length);
  model.open.set(id, opened);
}

async function append(model: Model, id: UploadId, bytes: Buffer, breaks: boolean): Promise<void> {
  const opened = model.open.get(id);
  if (opened === undefined) return;
  const half = bytes.length >> 1;
  const broken = new Error('the source broke');
  const appending = opened.append(
    (async function* () {
      yield [bytes.subarray(0, half), bytes.subarray(half)];
      if (breaks) throw broken;
    })(),
  );
  if (breaks) await expect(appending).rejects.toBe(broken);
  else expect(await appending).toBe(opened.size);
  const before = model.uploads.get(id);
  if (before !== undefined) model.uploads.set(id, Buffer.concat([before, bytes]));
}

async function finish(model: Model, id: UploadId, named: DigestAlgorithm, other: boolean): Promise<void> {
  const opened = model.open.get(id);
  if (opened === undefined) return;
  const bytes = model.uploads.get(id);
  const digest = digestOf(other ? 'no content of these' : (bytes ?? ''), named);
  const result = await opened.finish(digest);
  if (bytes !== undefined || other) expect(result).toBe(other ? 'mismatch' : bytes?.length);
  if (result !== 'mismatch') model.blobs.set(digest, bytes ?? Buffer.alloc(0));
  model.open.delete(id);
  model.uploads.delete(id);
}

async function endUpload(
  store: BlobStore,
  model: Model,
  id: UploadId,
  kind: 'release' | 'discard' | 'removeUpload',
): Promise<void> {
  const opened = model.open.get(id);
  if (kind === 'removeUpload' && opened === undefined) await store.removeUpload(id);
  else if (kind === 'removeUpload' || opened === undefined) return;
  else await opened[kind]();
  model.open.delete(id);
  if (kind !== 'release') model.uploads.delete(id);
}

/** All that must be there is, whole; whatever else is there was removed once; uploads and indexes are as they should be. */
async function compare(store: BlobStore, model: Model): Promise<void> {
  const listed = new Map((await Array.fromAsync(store.list())).map(({ digest, size }) => [digest, size]));
  for (const [digest, bytes] of model.blobs) expect(listed.get(digest)).toBe(bytes.length);
  for (const digest of listed.keys()) {
    expect(model.blobs.has(digest) || model.maybe.has(digest)).toBe(true);
    const bytes = await readBlob(store, digest);
    expect(digestOf(bytes ?? '', algorithmOf(digest))).toBe(digest);
  }
  const uploads = new Map((await Array.fromAsync(store.listUploads())).map(({ id, size }) => [id, size]));
  for (const [id, bytes] of model.uploads) if (bytes !== undefined) expect(uploads.get(id)).toBe(bytes.length);
  for (const id of uploads.keys()) expect(model.uploads.has(id)).toBe(true);
  expect(await readIndexes(store)).toEqual(model.indexes);
}

/** Checks many sequences of steps. */
export async function checkRandomUse(use: (steps: readonly Step[]) => Promise<void>, numRuns: number): Promise<void> {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), use), { numRuns });
}
