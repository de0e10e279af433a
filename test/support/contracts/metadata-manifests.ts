/** The contract of metadata: manifests. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import type { Metadata } from '../../../src/registry/core/ports.ts';
import { ALL, newManifest, referenceTo, repositoryName, tagOf } from './metadata-samples.ts';

const A = repositoryName('team/a');
const B = repositoryName('team/b');

export function manifestFacts(open: () => Promise<Metadata>): void {
  it('is found by digest and by tag, byte for byte', async () => {
    await using metadata = await open();
    const manifest = newManifest(A, { text: '{ "a":\t1 }\n\u0000é', tags: ['1.0', 'latest'] });
    expect(await metadata.putManifest(manifest)).toEqual([]);
    const stored = { digest: manifest.digest, mediaType: OCI_MANIFEST, bytes: manifest.bytes };
    expect(await metadata.findManifest(A, manifest.digest)).toEqual(stored);
    expect(await metadata.findManifest(A, tagOf('1.0'))).toEqual(stored);
    expect(await metadata.findManifest(A, tagOf('latest'))).toEqual(stored);
  });

  it('is not found under another tag, digest or repository', async () => {
    await using metadata = await open();
    const manifest = newManifest(A, { tags: ['v1'] });
    await metadata.putManifest(manifest);
    await metadata.putManifest(newManifest(B, { text: 'other' }));
    expect(await metadata.findManifest(A, tagOf('V1'))).toBeUndefined();
    expect(await metadata.findManifest(A, digestOf('other'))).toBeUndefined();
    expect(await metadata.findManifest(B, tagOf('v1'))).toBeUndefined();
    expect(await metadata.findManifest(B, manifest.digest)).toBeUndefined();
    expect(await metadata.findManifest(repositoryName('c'), tagOf('v1'))).toBeUndefined();
  });

  it('is refused whole while required references are missing, which are named', async () => {
    await using metadata = await open();
    const [there, gone, child] = ['there', 'gone', 'child'].map((text) => digestOf(text));
    if (there === undefined || gone === undefined || child === undefined) throw new Error('three digests');
    await metadata.linkBlob(A, there, 1);
    await metadata.linkBlob(B, gone, 1);
    const references = [referenceTo(gone), referenceTo(there), referenceTo(child, 'manifest')];
    const manifest = newManifest(A, { tags: ['v1'], facts: { references } });
    expect(await metadata.putManifest(manifest)).toEqual([gone, child]);
    expect(await metadata.findManifest(A, manifest.digest)).toBeUndefined();
    expect(await metadata.listTags(A, ALL)).toEqual([]);
    expect(await metadata.unlinkBlob(A, there)).toBe('removed');
    expect(await metadata.putManifest({ ...manifest, repository: repositoryName('new') })).toEqual([
      gone,
      there,
      child,
    ]);
  });

  it('may lack references that are not required; those count once they are there', async () => {
    await using metadata = await open();
    const foreign = digestOf('foreign');
    const manifest = newManifest(A, { facts: { references: [referenceTo(foreign)] }, required: [] });
    expect(await metadata.putManifest(manifest)).toEqual([]);
    await metadata.linkBlob(A, foreign, 1);
    expect(await metadata.unlinkBlob(A, foreign)).toBe('referenced');
  });

  it('may have children that are manifests or blobs, but only manifests or blobs of its own repository', async () => {
    await using metadata = await open();
    const child = newManifest(A, { text: 'child' });
    const blob = digestOf('child that was pushed as a blob');
    await metadata.putManifest(child);
    await metadata.linkBlob(A, blob, 1);
    const references = [referenceTo(child.digest, 'manifest'), referenceTo(blob, 'manifest')];
    const index = newManifest(A, { text: 'index', facts: { mediaType: OCI_INDEX, references } });
    expect(await metadata.putManifest(index)).toEqual([]);
    expect(await metadata.unlinkBlob(A, blob)).toBe('referenced');
    expect(await metadata.putManifest({ ...index, repository: B })).toEqual([child.digest, blob]);
  });

  it('does not count as a blob that is required', async () => {
    await using metadata = await open();
    const child = newManifest(A, { text: 'child' });
    await metadata.putManifest(child);
    const parent = newManifest(A, { text: 'parent', facts: { references: [referenceTo(child.digest)] } });
    expect(await metadata.putManifest(parent)).toEqual([child.digest]);
  });

  it('is stored again without harm, with the media type it was last pushed with', async () => {
    await using metadata = await open();
    const blob = digestOf('blob');
    await metadata.linkBlob(A, blob, 1);
    const manifest = newManifest(A, { tags: ['v1'], facts: { references: [referenceTo(blob)] } });
    await metadata.putManifest(manifest);
    await metadata.putManifest({ ...manifest, tags: [tagOf('v2')] });
    const other = { ...manifest, tags: [], facts: { ...manifest.facts, mediaType: DOCKER_MANIFEST } };
    expect(await metadata.putManifest(other)).toEqual([]);
    const found = await metadata.findManifest(A, tagOf('v1'));
    expect(found).toEqual({ digest: manifest.digest, mediaType: DOCKER_MANIFEST, bytes: manifest.bytes });
    expect(await metadata.findManifest(A, tagOf('v2'))).toEqual(found);
    expect(await metadata.listManifests(A, ALL)).toHaveLength(1);
    expect(await metadata.unlinkBlob(A, blob)).toBe('referenced');
  });

  it('is stored many times at once', async () => {
    await using metadata = await open();
    const manifest = newManifest(A, { tags: ['v1'] });
    const answers = await Promise.all(Array.from({ length: 20 }, () => metadata.putManifest(manifest)));
    expect(answers.flat()).toEqual([]);
    expect(await metadata.listManifests(A, ALL)).toEqual([
      { digest: manifest.digest, mediaType: OCI_MANIFEST, bytes: manifest.bytes, tags: ['v1'] },
    ]);
  });

  it('goes with its tags and references, and leaves those of other manifests', async () => {
    await using metadata = await open();
    const blob = digestOf('blob');
    await metadata.linkBlob(A, blob, 1);
    const manifest = newManifest(A, { text: 'one', tags: ['a', 'b'], facts: { references: [referenceTo(blob)] } });
    await metadata.putManifest(manifest);
    await metadata.putManifest({ ...newManifest(B, { text: 'one', tags: ['a'] }) });
    await metadata.putManifest(newManifest(A, { text: 'two', tags: ['c'] }));
    expect(await metadata.removeManifest(A, manifest.digest)).toBe(true);
    expect(await metadata.removeManifest(A, manifest.digest)).toBe(false);
    expect(await metadata.findManifest(A, manifest.digest)).toBeUndefined();
    expect(await metadata.findManifest(A, tagOf('a'))).toBeUndefined();
    expect(await metadata.listTags(A, ALL)).toEqual(['c']);
    expect(await metadata.listTags(B, ALL)).toEqual(['a']);
    expect(await metadata.unlinkBlob(A, blob)).toBe('removed');
  });

  it.each(['application/x\u0000y', 'application/🐋', ''])('may have the media type %j', async (mediaType) => {
    await using metadata = await open();
    const manifest = newManifest(A, { facts: { mediaType } });
    await metadata.putManifest(manifest);
    expect((await metadata.findManifest(A, manifest.digest))?.mediaType).toBe(mediaType);
  });

  it('may have no bytes, or 4 MiB of them', async () => {
    await using metadata = await open();
    for (const text of ['', 'x'.repeat(4 * 1024 * 1024)]) {
      const manifest = newManifest(A, { text });
      await metadata.putManifest(manifest);
      const bytes = (await metadata.findManifest(A, manifest.digest))?.bytes;
      expect(bytes !== undefined && Buffer.from(bytes).equals(manifest.bytes)).toBe(true);
    }
  });
}
