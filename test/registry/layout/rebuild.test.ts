/** Rebuilding metadata from indexes and blobs: what can be known again is known again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { isProblem, parseManifest } from '../../../src/oci/manifest.ts';
import { OCI_INDEX } from '../../../src/oci/media-types.ts';
import { createLeases } from '../../../src/registry/core/leases.ts';
import type { BlobStore, Metadata } from '../../../src/registry/core/ports.ts';
import { createIndexWriter } from '../../../src/registry/layout/index-writer.ts';
import { rebuildMetadata } from '../../../src/registry/layout/rebuild.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import { MemoryBlobStore } from '../../../src/registry/storage/memory-blob-store.ts';
import { ALL, repositoryName, tagsOf } from '../../support/contracts/metadata-samples.ts';
import { CONFIG, type Content, blob, image, index } from '../../support/images.ts';
import { storedContent } from '../../support/stored-content.ts';

const openMetadata = () => openSqliteMetadata({ path: ':memory:', durability: 'fast' });

/** Stores content in both stores as a push does. */
async function push(
  metadata: Metadata,
  store: BlobStore,
  repository: string,
  manifest: Content,
  layers: readonly Content[],
  tags: readonly string[],
): Promise<void> {
  for (const { digest, bytes } of layers) {
    await store.put(digest, bytes);
    await metadata.linkBlob(repositoryName(repository), digest, bytes.length);
  }
  const facts = parseManifest(manifest.bytes, manifest.mediaType);
  if (isProblem(facts)) throw new Error(facts.problem);
  await metadata.putManifest({
    repository: repositoryName(repository),
    digest: manifest.digest,
    bytes: manifest.bytes,
    facts,
    tags: tagsOf(...tags),
    required: [],
  });
}

async function saved(metadata: Metadata, store: BlobStore): Promise<void> {
  await using writer = createIndexWriter(metadata, store, createLeases(0), (problem) => {
    throw problem;
  });
  await writer.flush();
}

describe('a rebuild', () => {
  it('finds every manifest, tag, referrer and referenced blob again', async () => {
    const text = fc.constantFrom('one', 'two', 'three');
    const pushed = fc.record({
      repository: fc.constantFrom('a', 'team/b', 'c'),
      layers: fc.uniqueArray(text),
      tags: fc.uniqueArray(fc.constantFrom('x', 'y', 'latest')),
      hasSubject: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(pushed, { maxLength: 8 }), async (pushes) => {
        await using metadata = await openMetadata();
        const store = new MemoryBlobStore();
        const subject = image([], { annotations: { subject: '' } });
        for (const { repository, layers, tags, hasSubject } of pushes) {
          const manifest = image(
            layers.map((layer) => blob(layer)),
            hasSubject ? { subject, artifactType: 'x/y', annotations: { a: 'ü' } } : {},
          );
          await push(metadata, store, repository, manifest, [CONFIG, ...layers.map((layer) => blob(layer))], tags);
          await push(metadata, store, repository, index([manifest]), [], tags.slice(0, 1));
        }
        await saved(metadata, store);
        await using again = await openMetadata();
        const report = await rebuildMetadata(again, store);
        expect(report.lost).toBe(0);
        expect(await storedContent({ metadata: again, blobs: store })).toEqual(
          await storedContent({ metadata, blobs: store }),
        );
        for (const repository of await metadata.listRepositories(ALL)) {
          expect(await again.listReferrers(repository, subject.digest, ALL)).toEqual(
            await metadata.listReferrers(repository, subject.digest, ALL),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('counts what is lost, and keeps the rest', async () => {
    await using metadata = await openMetadata();
    const store = new MemoryBlobStore();
    const [good, gone, damaged] = ['good', 'gone', 'damaged'].map((name) => image([], { annotations: { name } }));
    if (good === undefined || gone === undefined || damaged === undefined) throw new Error();
    for (const manifest of [good, gone, damaged]) await push(metadata, store, 'a', manifest, [CONFIG], ['x']);
    await push(metadata, store, 'broken', good, [CONFIG], ['x']);
    await saved(metadata, store);
    await store.remove(gone.digest);
    // Another manifest in its place, just as long.
    await store.put(damaged.digest, Buffer.from(damaged.bytes.toString().replace('damaged', 'demagad')));
    await store.writeIndex(repositoryName('broken'), Buffer.from('{"schemaVersion":2,"mani'));
    const layer = blob('no manifest');
    await store.put(layer.digest, layer.bytes);
    const entry = { mediaType: OCI_INDEX, digest: layer.digest, size: layer.bytes.length };
    await store.writeIndex(repositoryName('odd'), Buffer.from(JSON.stringify({ manifests: [entry] })));
    await using again = await openMetadata();
    expect(await rebuildMetadata(again, store)).toEqual({ repositories: 3, manifests: 1, lost: 4 });
    const found = await again.listManifests(repositoryName('a'), ALL);
    expect(found.map(({ digest }) => digest)).toEqual([good.digest]);
    expect(await again.findBlob(repositoryName('a'), CONFIG.digest)).toEqual({ size: 2 });
    expect(await again.findBlob(repositoryName('odd'), layer.digest)).toBeUndefined();
  });

  it('forgets blobs that no manifest names, and leaves out those that are not there', async () => {
    await using metadata = await openMetadata();
    const store = new MemoryBlobStore();
    await push(metadata, store, 'a', image([blob('absent')]), [CONFIG], []);
    await store.put(digestOf('loose'), Buffer.from('loose'));
    await metadata.linkBlob(repositoryName('a'), digestOf('loose'), 5);
    await saved(metadata, store);
    await using again = await openMetadata();
    await rebuildMetadata(again, store);
    const held = await Promise.all(
      [CONFIG.digest, digestOf('loose'), digestOf('absent')].map(async (digest) =>
        again.findBlob(repositoryName('a'), digest),
      ),
    );
    expect(held).toEqual([{ size: 2 }, undefined, undefined]);
  });
});
