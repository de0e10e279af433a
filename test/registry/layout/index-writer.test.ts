/** Indexes behind the changes: when they are written, what they hold, and what failures do. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { createLeases } from '../../../src/registry/core/leases.ts';
import type { BlobStore, Metadata } from '../../../src/registry/core/ports.ts';
import { parseIndex } from '../../../src/registry/layout/index-file.ts';
import { createIndexWriter } from '../../../src/registry/layout/index-writer.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { MemoryBlobStore } from '../../../src/registry/storage/memory-blob-store.ts';
import { newManifest, repositoryName, tagOf } from '../../support/contracts/metadata-samples.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const A = repositoryName('a');

async function start(store: BlobStore = new MemoryBlobStore()) {
  const metadata: Metadata = await openSqliteMetadata({ path: ':memory:', durability: 'fast' });
  const problems: unknown[] = [];
  const writer = createIndexWriter(metadata, store, createLeases(0), (problem) => problems.push(problem));
  /** What the indexes say: digest and tags by repository. */
  const kept = async () => {
    const found: Record<string, unknown> = {};
    for await (const { repository, bytes } of store.readIndexes()) {
      found[repository] = (parseIndex(bytes) ?? []).map(({ digest, tags }) => [digest, ...tags]);
    }
    return found;
  };
  return { metadata, store, writer, problems, kept };
}

/** Lets timers come due, and what they begin finish. */
async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  for (let round = 0; round < 50; round++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the writer', () => {
  it('waits until things are quiet, and writes manifests beside the index', async () => {
    const { metadata, store, writer, kept } = await start();
    const manifest = newManifest('a', { tags: ['x', 'y'] });
    await metadata.putManifest(manifest);
    writer.noteChange();
    await pass(1_900);
    expect(await kept()).toEqual({});
    await pass(100);
    expect(await kept()).toEqual({ a: [[manifest.digest, 'x', 'y']] });
    expect(await store.stat(manifest.digest)).toBe(manifest.bytes.byteLength);
    expect(await metadata.listUnsaved(10)).toEqual([]);
  });

  it('does not wait for ever while changes go on', async () => {
    const { metadata, writer, kept } = await start();
    for (let second = 0; second < 31; second++) {
      await metadata.putManifest(newManifest('a', { tags: [`t${second}`] }));
      writer.noteChange();
      await pass(1_000);
    }
    expect(await kept()).not.toEqual({});
  });

  it('follows deletions, down to an empty index', async () => {
    const { metadata, writer, kept } = await start();
    const manifest = newManifest('a', { tags: ['x'] });
    await metadata.putManifest(manifest);
    await writer.flush();
    await metadata.removeTag(A, tagOf('x'));
    await writer.flush();
    expect(await kept()).toEqual({ a: [[manifest.digest]] });
    await metadata.removeManifest(A, manifest.digest);
    await writer.flush();
    expect(await kept()).toEqual({ a: [] });
  });

  it('writes large and many repositories whole', async () => {
    const { metadata, writer, kept } = await start();
    const texts = Array.from({ length: 250 }, (_, at) => `manifest ${at}`);
    for (const text of texts) await metadata.putManifest(newManifest('a', { text }));
    for (let at = 0; at < 45; at++) await metadata.putManifest(newManifest(`b${at}`));
    await writer.flush();
    const indexes = await kept();
    expect(Object.keys(indexes)).toHaveLength(46);
    const digests = texts.map((text) => digestOf(text)).toSorted();
    expect(indexes['a']).toEqual(digests.map((digest) => [digest]));
  });

  it('tries again with the next change when the store failed', async () => {
    const store = new MemoryBlobStore();
    const write = store.writeIndex.bind(store);
    const { metadata, writer, problems, kept } = await start(store);
    await metadata.putManifest(newManifest('a'));
    store.writeIndex = () => Promise.reject(new Error('no space left'));
    await writer.flush();
    expect(problems).toEqual([new Error('no space left')]);
    expect(await metadata.listUnsaved(10)).toHaveLength(1);
    store.writeIndex = write;
    writer.noteChange();
    await pass(2_000);
    expect(await kept()).toEqual({ a: [[newManifest('a').digest]] });
  });

  it('writes what waits when it is closed, and nothing after', async () => {
    const { metadata, writer, kept } = await start();
    await metadata.putManifest(newManifest('a'));
    writer.noteChange();
    await writer[Symbol.asyncDispose]();
    expect(Object.keys(await kept())).toEqual(['a']);
    writer.noteChange();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('writes once more what changes while it writes', async () => {
    const store = new MemoryBlobStore();
    const { metadata, writer, kept } = await start(store);
    const write = store.writeIndex.bind(store);
    const late = newManifest('a', { text: 'late' });
    store.writeIndex = async (repository, bytes) => {
      store.writeIndex = write;
      await metadata.putManifest(late);
      return write(repository, bytes);
    };
    await metadata.putManifest(newManifest('a'));
    await writer.flush();
    await writer.flush();
    expect((await kept())['a']).toContainEqual([late.digest]);
    expect(await metadata.listUnsaved(10)).toEqual([]);
  });
});
