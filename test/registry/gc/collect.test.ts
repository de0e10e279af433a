/** What goes and what stays. */
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf, hexOf } from '../../../src/oci/digest.ts';
import type { UploadId } from '../../../src/registry/core/ports.ts';
import { MemoryBlobStore } from '../../../src/registry/storage/memory-blob-store.ts';
import { newManifest, newUpload, referenceTo, repositoryName } from '../../support/contracts/metadata-samples.ts';
import { HOUR, openGcBench } from './gc-bench.ts';

const A = repositoryName('a');
const ALL = { after: undefined, limit: 100 };

describe('blobs', () => {
  it('go with their bytes when no manifest of their repository references them', async () => {
    await using bench = await openGcBench();
    const kept = await bench.addBlob('kept', 'a', 'b');
    await bench.addBlob('garbage', 'a', 'b');
    await bench.metadata.putManifest(newManifest('a', { facts: { references: [referenceTo(kept)] } }));
    expect(await bench.collect()).toMatchObject({ unlinked: 3, blobs: 1, bytes: 7, kept: 0, isDryRun: false });
    expect(await bench.stored()).toEqual([kept]);
    expect(await bench.metadata.repositoriesWithBlob(kept, 9)).toEqual(['a']);
    expect(await bench.collect()).toMatchObject({ unlinked: 0, blobs: 0, bytes: 0 });
  });

  it('stay while a client that was told of them has a lease', async () => {
    await using bench = await openGcBench();
    const told = await bench.addBlob('told', 'a');
    bench.leases.grant(told);
    expect(await bench.collect()).toMatchObject({ unlinked: 0, blobs: 0, kept: 1, keptBytes: 4 });
    expect(await bench.metadata.findBlob(A, told)).toEqual({ size: 4 });
  });

  it('stay while somebody works with them, and their bytes with them', async () => {
    await using bench = await openGcBench();
    const digest = await bench.addBlob('unlinked yet');
    const held = await bench.leases.hold(digest);
    expect(await bench.collect()).toMatchObject({ blobs: 0 });
    held[Symbol.dispose]();
    expect(await bench.collect()).toMatchObject({ blobs: 1 });
  });

  it('stay while an earlier process may have told clients of them', async () => {
    await using bench = await openGcBench();
    await bench.addBlob('told', 'a');
    const end = new Date('2026-11-21T12:00:00Z');
    expect(await bench.collect({}, end)).toMatchObject({ unlinked: 0, kept: 1, keptUntil: end.toISOString() });
    expect(await bench.collect()).toMatchObject({ unlinked: 1, kept: 0, keptUntil: undefined });
  });

  it('stay when a client is told of them just before they go, although the cache knows of them', async () => {
    await using bench = await openGcBench();
    const digest = await bench.addBlob('late', 'a');
    await bench.metadata.findBlob(A, digest);
    const { removeUnreferenced } = bench.metadata;
    const late = { ...bench, metadata: bench.metadata };
    Object.assign(late.metadata, {
      removeUnreferenced: (...parameters: Parameters<typeof removeUnreferenced>) => {
        const removing = removeUnreferenced(...parameters);
        bench.leases.grant(digest);
        return removing;
      },
    });
    expect(await bench.collect()).toMatchObject({ unlinked: 0, blobs: 0 });
    expect(await bench.metadata.findBlob(A, digest)).toEqual({ size: 4 });
  });

  it('are not answered from the cache once they are gone', async () => {
    await using bench = await openGcBench();
    const digest = await bench.addBlob('gone', 'a');
    await bench.metadata.findBlob(A, digest);
    await bench.collect();
    expect(await bench.metadata.findBlob(A, digest)).toBeUndefined();
  });

  it('of which only bytes are left go when they are old enough, but for those of manifests', async () => {
    await using bench = await openGcBench();
    await bench.addBlob('left by a crash');
    const manifest = newManifest('a');
    await bench.store.put(manifest.digest, manifest.bytes);
    await bench.metadata.putManifest(manifest);
    bench.pass(-1.5 * HOUR);
    expect(await bench.collect()).toMatchObject({ blobs: 0 });
    bench.pass(HOUR);
    expect(await bench.collect()).toMatchObject({ blobs: 1 });
    expect(await bench.stored()).toEqual([manifest.digest]);
  });

  it('that cannot be removed are told of, and keep none of the others', async () => {
    const store = new (class extends MemoryBlobStore {
      override remove(digest: Digest): Promise<boolean> {
        return digest === digestOf('bad') ? Promise.reject(new Error('no')) : super.remove(digest);
      }
    })();
    await using bench = await openGcBench({ store });
    for (const text of ['bad', 'good', 'better']) await bench.addBlob(text, 'a');
    expect(await bench.collect()).toMatchObject({ blobs: 2, failures: 1 });
    expect(bench.failed).toEqual([digestOf('bad')]);
  });
});

describe('manifests without a tag', () => {
  it('stay unless asked for', async () => {
    await using bench = await openGcBench();
    await bench.metadata.putManifest(newManifest('a'));
    expect(await bench.collect()).toMatchObject({ manifests: 0 });
    expect(await bench.collect({ deleteUntagged: true })).toMatchObject({ manifests: 1 });
  });

  it('go with the children that only they had, and their blobs', async () => {
    await using bench = await openGcBench();
    const layer = await bench.addBlob('layer', 'a');
    const child = newManifest('a', { text: 'child', facts: { references: [referenceTo(layer)] } });
    const parent = newManifest('a', { text: 'parent', facts: { references: [referenceTo(child.digest, 'manifest')] } });
    for (const manifest of [child, parent]) await bench.metadata.putManifest(manifest);
    const dry = await bench.collect({ deleteUntagged: true, isDryRun: true });
    expect(dry).toMatchObject({ isDryRun: true, manifests: 2, unlinked: 1, blobs: 1, bytes: 5 });
    expect(await bench.metadata.listManifests(A, ALL)).toHaveLength(2);
    expect(await bench.stored()).toEqual([layer]);
    expect(await bench.collect({ deleteUntagged: true })).toMatchObject({
      manifests: 2,
      unlinked: 1,
      blobs: 1,
      bytes: 5,
    });
    expect(await bench.metadata.listManifests(A, ALL)).toEqual([]);
  });

  it('stay when an index, a subject, a referrer or a signature has to do with them (S3-13, S3-23)', async () => {
    await using bench = await openGcBench();
    const child = newManifest('a', { text: 'child' });
    const index = newManifest('a', {
      text: 'i',
      tags: ['i'],
      facts: { references: [referenceTo(child.digest, 'manifest')] },
    });
    const sbom = newManifest('a', { text: 'sbom', facts: { subject: index.digest } });
    const signed = newManifest('a', { text: 'signed' });
    const signature = newManifest('a', { text: 'signature', tags: [`sha256-${hexOf(signed.digest)}.sig`] });
    const all = [child, index, sbom, signed, signature];
    for (const manifest of all) await bench.metadata.putManifest(manifest);
    expect(await bench.collect({ deleteUntagged: true })).toMatchObject({ manifests: 0 });
    expect(await bench.metadata.listManifests(A, ALL)).toHaveLength(all.length);
  });

  it('stay while a client was told of them', async () => {
    await using bench = await openGcBench();
    const manifest = newManifest('a');
    await bench.metadata.putManifest(manifest);
    bench.leases.grant(manifest.digest);
    expect(await bench.collect({ deleteUntagged: true })).toMatchObject({ manifests: 0, kept: 1 });
  });
});

describe('uploads', () => {
  it('go when no byte came for long, with and without bytes', async () => {
    await using bench = await openGcBench();
    const [empty, begun] = [newUpload('a'), newUpload('a')];
    for (const upload of [empty, begun]) await bench.metadata.beginUpload({ ...upload, startedAt: new Date() });
    const open = await bench.store.openUpload(begun.id, 'sha256');
    await open.append(
      (async function* () {
        yield [Buffer.from('bytes')];
      })(),
    );
    await open.release();
    expect(await bench.collect()).toMatchObject({ uploads: 0 });
    bench.pass(23 * HOUR);
    expect(await bench.collect({ isDryRun: true })).toMatchObject({ uploads: 2, bytes: 5 });
    expect(await bench.collect()).toMatchObject({ uploads: 2, bytes: 5 });
    expect(await bench.metadata.findUpload(empty.id)).toBeUndefined();
    expect(await Array.fromAsync(bench.store.listUploads())).toEqual([]);
  });

  it('stay while bytes come, however long ago they were begun', async () => {
    await using bench = await openGcBench();
    const upload = { ...newUpload('a'), startedAt: new Date(0) };
    await bench.metadata.beginUpload(upload);
    await (await bench.store.openUpload(upload.id, 'sha256')).release();
    expect(await bench.collect()).toMatchObject({ uploads: 0 });
    expect(await bench.metadata.findUpload(upload.id)).toBeDefined();
  });

  it('stay while they are open here, whatever the clock says', async () => {
    await using bench = await openGcBench();
    const id = await bench.uploads.begin(A, undefined, 'sha256');
    await bench.uploads.size({ repository: A, id, owner: undefined });
    bench.pass(100 * HOUR);
    expect(await bench.collect()).toMatchObject({ uploads: 0, failures: 0 });
    const whole = await bench.store.openUpload('11111111-1111-4111-8111-111111111111' as UploadId, 'sha256');
    expect(await bench.collect()).toMatchObject({ uploads: 0, failures: 0 });
    await whole.discard();
  });

  it('that no session knows of go', async () => {
    await using bench = await openGcBench();
    const stray = await bench.store.openUpload('22222222-2222-4222-8222-222222222222' as UploadId, 'sha256');
    await stray.release();
    expect(await bench.collect()).toMatchObject({ uploads: 0 });
    bench.pass(23 * HOUR);
    expect(await bench.collect()).toMatchObject({ uploads: 1 });
  });
});
