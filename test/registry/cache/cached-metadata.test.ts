/** Metadata with a cache: the same contract, nothing stale, nothing of one repository for another. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import { cacheMetadata } from '../../../src/registry/cache/cached-metadata.ts';
import type { Metadata } from '../../../src/registry/core/ports.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { metadataContract } from '../../support/contracts/metadata-contract.ts';
import { newManifest, repositoryName, tagOf } from '../../support/contracts/metadata-samples.ts';

const openSqlite = () => openSqliteMetadata({ path: ':memory:', durability: 'fast' });

describe('the contract', () => {
  metadataContract(async (clock) =>
    cacheMetadata(await openSqliteMetadata({ path: ':memory:', durability: 'full', clock })),
  );
});

const PAGES = [
  { after: undefined, limit: 5 },
  { after: undefined, limit: 1 },
  { after: 'x', limit: 1 },
];
const A = repositoryName('a');
const B = repositoryName('b');

/** Counts how often the store below is asked. */
async function watched() {
  const below = await openSqlite();
  const asked = { manifests: 0, blobs: 0, lists: 0 };
  const counted: Metadata = {
    ...below,
    findManifest: (...args) => (asked.manifests++, below.findManifest(...args)),
    findBlob: (...args) => (asked.blobs++, below.findBlob(...args)),
    listTags: (...args) => (asked.lists++, below.listTags(...args)),
  };
  return { below, asked, metadata: cacheMetadata(counted) };
}

describe('the cache', () => {
  it('answers again without asking, by tag and by digest', async () => {
    const { metadata, asked } = await watched();
    const manifest = newManifest('a', { tags: ['x'] });
    await metadata.putManifest(manifest);
    await metadata.linkBlob(A, digestOf('blob'), 4);
    for (let round = 0; round < 3; round++) {
      expect((await metadata.findManifest(A, tagOf('x')))?.digest).toBe(manifest.digest);
      expect((await metadata.findManifest(A, manifest.digest))?.bytes).toEqual(manifest.bytes);
      expect(await metadata.findBlob(A, digestOf('blob'))).toEqual({ size: 4 });
      expect(await metadata.listTags(A, { after: undefined, limit: 5 })).toEqual(['x']);
      expect(await metadata.listTags(A, { after: 'x', limit: 5 })).toEqual([]);
    }
    expect(asked).toEqual({ manifests: 1, blobs: 1, lists: 2 });
  });

  it('never answers for another repository', async () => {
    const { metadata } = await watched();
    const manifest = newManifest('a', { tags: ['x'] });
    await metadata.putManifest(manifest);
    await metadata.linkBlob(A, digestOf('blob'), 4);
    await metadata.findManifest(A, tagOf('x'));
    await metadata.findBlob(A, digestOf('blob'));
    await metadata.listTags(A, { after: undefined, limit: 5 });
    expect([
      await metadata.findManifest(B, tagOf('x')),
      await metadata.findManifest(B, manifest.digest),
      await metadata.findBlob(B, digestOf('blob')),
      await metadata.listTags(B, { after: undefined, limit: 5 }),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('does not remember that something was absent', async () => {
    const { metadata } = await watched();
    const digest = digestOf('blob');
    expect(await metadata.findBlob(A, digest)).toBeUndefined();
    await metadata.linkBlob(A, digest, 4);
    expect(await metadata.findBlob(A, digest)).toEqual({ size: 4 });
    expect(await metadata.findManifest(A, tagOf('x'))).toBeUndefined();
    await metadata.putManifest(newManifest('a', { tags: ['x'] }));
    expect(await metadata.findManifest(A, tagOf('x'))).toBeDefined();
  });

  it('does not keep what was read while it was written', async () => {
    const below = await openSqlite();
    const old = newManifest('a', { text: 'old', tags: ['x'] });
    const fresh = newManifest('a', { text: 'fresh', tags: ['x'] });
    await below.putManifest(old);
    const held = Promise.withResolvers<void>();
    const slow: Metadata = {
      ...below,
      async findManifest(repository, reference) {
        const found = await below.findManifest(repository, reference);
        await held.promise;
        return found;
      },
    };
    const metadata = cacheMetadata(slow);
    const reading = metadata.findManifest(A, tagOf('x'));
    await metadata.putManifest(fresh);
    held.resolve();
    expect((await reading)?.digest).toBe(old.digest);
    expect((await metadata.findManifest(A, tagOf('x')))?.digest).toBe(fresh.digest);
  });

  it('does not keep a list that was read while it was written', async () => {
    const below = await openSqlite();
    await below.putManifest(newManifest('a', { tags: ['x'] }));
    const held = Promise.withResolvers<void>();
    const slow: Metadata = {
      ...below,
      async listTags(repository, page) {
        const found = await below.listTags(repository, page);
        await held.promise;
        return found;
      },
    };
    const metadata = cacheMetadata(slow);
    const page = { after: undefined, limit: 5 };
    const reading = metadata.listTags(A, page);
    await metadata.putManifest(newManifest('a', { tags: ['y'] }));
    held.resolve();
    expect(await reading).toEqual(['x']);
    expect(await metadata.listTags(A, page)).toEqual(['x', 'y']);
  });

  it('gives the same answers as no cache, after any changes', async () => {
    const repository = fc.constantFrom('a', 'b');
    const text = fc.constantFrom('one', 'two', 'three');
    const tag = fc.constantFrom('x', 'y');
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), repository, text, tag }),
      fc.record({ kind: fc.constant('untag' as const), repository, text, tag }),
      fc.record({ kind: fc.constant('remove' as const), repository, text, tag }),
      fc.record({ kind: fc.constant('link' as const), repository, text, tag }),
      fc.record({ kind: fc.constant('unlink' as const), repository, text, tag }),
      fc.record({ kind: fc.constant('look' as const), repository, text, tag }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await using below = await openSqlite();
        const metadata = cacheMetadata(below);
        for (const { kind, repository: name, text: content, tag: named } of steps) {
          const digest: Digest = digestOf(content);
          if (kind === 'put') await metadata.putManifest(newManifest(name, { text: content, tags: [named] }));
          else if (kind === 'untag') await metadata.removeTag(repositoryName(name), tagOf(named));
          else if (kind === 'remove') await metadata.removeManifest(repositoryName(name), digest);
          else if (kind === 'link') await metadata.linkBlob(repositoryName(name), digest, content.length);
          else if (kind === 'unlink') await metadata.unlinkBlob(repositoryName(name), digest);
          for (const where of [A, B]) {
            for (const reference of [tagOf('x'), tagOf('y'), digest]) {
              expect(await metadata.findManifest(where, reference)).toEqual(await below.findManifest(where, reference));
            }
            expect(await metadata.findBlob(where, digest)).toEqual(await below.findBlob(where, digest));
            for (const page of PAGES)
              expect(await metadata.listTags(where, page)).toEqual(await below.listTags(where, page));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
