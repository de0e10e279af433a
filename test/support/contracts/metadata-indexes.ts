/** The contract of metadata: what is kept beside the blobs, so that metadata can be rebuilt. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { DOCKER_MANIFEST, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import type { Metadata } from '../../../src/registry/core/ports.ts';
import { ALL, newManifest, repositoryName, tagOf } from './metadata-samples.ts';

const A = repositoryName('a');

export function indexFacts(open: () => Promise<Metadata>): void {
  it('lists manifests with their tags, by digest, a page at a time', async () => {
    await using metadata = await open();
    const samples = ['one', 'two', 'three', 'four'].map((text, index) =>
      newManifest(A, { text, tags: ['b', 'a', 'C'].slice(0, index).map((tag) => `${tag}${index}`) }),
    );
    for (const sample of samples) await metadata.putManifest(sample);
    await metadata.putManifest(newManifest('b', { text: 'one', tags: ['elsewhere'] }));
    const wanted = samples
      .toSorted((one, other) => (one.digest < other.digest ? -1 : 1))
      .map(({ digest, bytes, tags }) => ({ digest, bytes, mediaType: OCI_MANIFEST, tags: tags.toSorted() }));
    expect(await metadata.listManifests(A, ALL)).toEqual(wanted);
    expect(await metadata.listManifests(A, { after: wanted[1]?.digest, limit: 1 })).toEqual(wanted.slice(2, 3));
    expect(await metadata.listManifests(repositoryName('unknown'), ALL)).toEqual([]);
  });

  it('a repository waits when its manifests or tags changed, and not for blobs', async () => {
    await using metadata = await open();
    await metadata.linkBlob(A, digestOf('x'), 1);
    expect(await metadata.listUnsaved(10)).toEqual([]);
    const manifest = newManifest(A, { tags: ['x', 'y'] });
    const docker = { ...manifest, facts: { ...manifest.facts, mediaType: DOCKER_MANIFEST } };
    const changes = [
      () => metadata.putManifest(manifest),
      () => metadata.putManifest(docker),
      () => metadata.putManifest({ ...docker, tags: [tagOf('z')] }),
      () => metadata.putManifest(newManifest(A, { text: 'other', tags: ['x'] })),
      () => metadata.removeTag(A, tagOf('x')),
      () => metadata.removeManifest(A, manifest.digest),
    ];
    for (const change of changes) {
      await change();
      const [waiting] = await metadata.listUnsaved(10);
      expect(waiting?.repository).toBe(A);
      await metadata.markSaved(A, waiting?.revision ?? 0);
      expect(await metadata.listUnsaved(10)).toEqual([]);
    }
  });

  it('a repository does not wait when nothing changed', async () => {
    await using metadata = await open();
    const manifest = newManifest(A, { tags: ['x'] });
    await metadata.putManifest(manifest);
    await metadata.markSaved(A, (await metadata.listUnsaved(1))[0]?.revision ?? 0);
    await metadata.putManifest(manifest);
    await metadata.putManifest({
      ...manifest,
      tags: [tagOf('y')],
      required: [{ digest: digestOf('x'), kind: 'blob', optional: false }],
    });
    await metadata.removeTag(A, tagOf('gone'));
    await metadata.removeManifest(A, digestOf('gone'));
    expect(await metadata.listUnsaved(10)).toEqual([]);
  });

  it('the longest waiting comes first; what changed while it was saved goes to the end', async () => {
    await using metadata = await open();
    const names = ['c', 'a', 'b'];
    for (const name of names) await metadata.putManifest(newManifest(name));
    const order = async (limit = 10) => (await metadata.listUnsaved(limit)).map(({ repository }) => repository);
    expect(await order()).toEqual(names);
    await metadata.putManifest(newManifest('c', { text: 'more' }));
    expect(await order()).toEqual(names);
    expect(await order(2)).toEqual(['c', 'a']);
    const [first] = await metadata.listUnsaved(1);
    await metadata.putManifest(newManifest('c', { text: 'still more' }));
    await metadata.markSaved(repositoryName('c'), first?.revision ?? 0);
    expect(await order()).toEqual(['a', 'b', 'c']);
    const last = (await metadata.listUnsaved(10)).at(-1);
    expect(last?.revision).toBeGreaterThan(first?.revision ?? 0);
    await metadata.markSaved(repositoryName('c'), last?.revision ?? 0);
    await metadata.markSaved(repositoryName('unknown'), 1);
    expect(await order()).toEqual(['a', 'b']);
  });
}
