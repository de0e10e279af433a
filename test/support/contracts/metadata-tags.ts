/** The contract of metadata: tags. */
import { expect, it } from 'vitest';
import type { Metadata } from '../../../src/registry/core/ports.ts';
import { ALL, inByteOrder, newManifest, repositoryName, tagOf, tagsOf } from './metadata-samples.ts';

const A = repositoryName('team/a');
const NAMES = ['v2', 'v10', 'v1', 'V1', '1.0', '_x', 'latest', 'a-b', 'a.b', 'a_b', 'ab', 'x'.repeat(128)];

export function tagFacts(open: () => Promise<Metadata>): void {
  it('are unknown with their repository, and none in one without', async () => {
    await using metadata = await open();
    await metadata.putManifest(newManifest(A));
    expect(await metadata.listTags(A, ALL)).toEqual([]);
    expect(await metadata.listTags(repositoryName('b'), ALL)).toBeUndefined();
  });

  it('are listed in byte order, a page at a time', async () => {
    await using metadata = await open();
    await metadata.putManifest(newManifest(A, { tags: NAMES }));
    const sorted = inByteOrder(NAMES);
    expect(await metadata.listTags(A, ALL)).toEqual(sorted);
    expect(await metadata.listTags(A, { after: undefined, limit: 3 })).toEqual(sorted.slice(0, 3));
    expect(await metadata.listTags(A, { after: sorted[2], limit: 3 })).toEqual(sorted.slice(3, 6));
    expect(await metadata.listTags(A, { after: 'a', limit: 2 })).toEqual(['a-b', 'a.b']);
    expect(await metadata.listTags(A, { after: sorted.at(-1), limit: 2 })).toEqual([]);
    expect(await metadata.listTags(A, { after: undefined, limit: 0 })).toEqual([]);
  });

  it('that are fixed neither move nor go, and nothing else changes then', async () => {
    await using metadata = await open();
    const isFixed = (tag: string) => tag.startsWith('v');
    const one = { ...newManifest(A, { text: 'one', tags: ['v1', 'latest'] }), isFixed };
    const two = { ...newManifest(A, { text: 'two', tags: ['latest', 'v1', 'v2'] }), isFixed };
    const immutable = { reason: 'tag-immutable', message: expect.stringContaining('v1') };
    expect(await metadata.putManifest(one)).toEqual([]);
    expect(await metadata.putManifest(one)).toEqual([]);
    await expect(metadata.putManifest(two)).rejects.toMatchObject(immutable);
    expect(await metadata.findManifest(A, two.digest)).toBeUndefined();
    await expect(metadata.removeManifest(A, one.digest, isFixed)).rejects.toMatchObject(immutable);
    expect(await metadata.listTags(A, ALL)).toEqual(['latest', 'v1']);
    expect((await metadata.findManifest(A, tagOf('latest')))?.digest).toBe(one.digest);
    // Of two that come at once, one sets the tag.
    const [three, four] = ['three', 'four'].map((text) => ({ ...newManifest(A, { text, tags: ['v3'] }), isFixed }));
    if (three === undefined || four === undefined) throw new Error('There are two.');
    const pushes = await Promise.allSettled([metadata.putManifest(three), metadata.putManifest(four)]);
    expect(pushes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await metadata.findManifest(A, tagOf('v3')))?.digest).toBe(three.digest);
    expect(await metadata.removeManifest(A, one.digest)).toBe(true);
  });

  it('move to the manifest that was pushed last', async () => {
    await using metadata = await open();
    const one = newManifest(A, { text: 'one', tags: ['latest', 'v1'] });
    const two = newManifest(A, { text: 'two', tags: ['latest'] });
    await metadata.putManifest(one);
    await metadata.putManifest(two);
    expect((await metadata.findManifest(A, tagOf('latest')))?.digest).toBe(two.digest);
    expect((await metadata.findManifest(A, tagOf('v1')))?.digest).toBe(one.digest);
    await metadata.removeManifest(A, one.digest);
    expect(await metadata.listTags(A, ALL)).toEqual(['latest']);
  });

  it('may name one tag twice in one push', async () => {
    await using metadata = await open();
    const manifest = newManifest(A);
    await metadata.putManifest({ ...manifest, tags: tagsOf('x', 'x') });
    expect(await metadata.listTags(A, ALL)).toEqual(['x']);
  });

  it('are removed alone; the manifest stays', async () => {
    await using metadata = await open();
    const manifest = newManifest(A, { tags: ['a', 'b'] });
    await metadata.putManifest(manifest);
    expect(await metadata.removeTag(A, tagOf('a'))).toBe(true);
    expect(await metadata.removeTag(A, tagOf('a'))).toBe(false);
    expect(await metadata.removeTag(repositoryName('b'), tagOf('b'))).toBe(false);
    expect(await metadata.listTags(A, ALL)).toEqual(['b']);
    expect((await metadata.findManifest(A, manifest.digest))?.digest).toBe(manifest.digest);
  });

  it('belong to one repository', async () => {
    await using metadata = await open();
    await metadata.putManifest(newManifest(A, { tags: ['x'] }));
    await metadata.putManifest(newManifest('b', { text: 'other', tags: ['x', 'y'] }));
    await metadata.removeTag(repositoryName('b'), tagOf('x'));
    expect(await metadata.listTags(A, ALL)).toEqual(['x']);
    expect(await metadata.listTags(repositoryName('b'), ALL)).toEqual(['y']);
  });
}
