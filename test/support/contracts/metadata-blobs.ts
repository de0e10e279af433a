/** The contract of metadata: blobs. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import type { Metadata } from '../../../src/registry/core/ports.ts';
import { newManifest, referenceTo, repositoryName } from './metadata-samples.ts';

const A = repositoryName('team/a');
const B = repositoryName('team/b');
const BLOB = digestOf('blob');

export function blobFacts(open: () => Promise<Metadata>): void {
  it('is found in the repository that holds it, and in no other', async () => {
    await using metadata = await open();
    await metadata.linkBlob(A, BLOB, 4);
    await metadata.linkBlob(B, digestOf('blob', 'sha512'), 5);
    expect(await metadata.findBlob(A, BLOB)).toEqual({ size: 4 });
    expect(await metadata.findBlob(B, BLOB)).toBeUndefined();
    expect(await metadata.findBlob(B, digestOf('blob', 'sha512'))).toEqual({ size: 5 });
    expect(await metadata.findBlob(A, digestOf('other'))).toBeUndefined();
    expect(await metadata.findBlob(repositoryName('c'), BLOB)).toBeUndefined();
  });

  it('is linked again without harm, with the size last told', async () => {
    await using metadata = await open();
    await Promise.all([metadata.linkBlob(A, BLOB, 4), metadata.linkBlob(A, BLOB, 4), metadata.linkBlob(B, BLOB, 4)]);
    await metadata.linkBlob(A, BLOB, 4);
    expect(await metadata.findBlob(A, BLOB)).toEqual({ size: 4 });
    await metadata.linkBlob(A, BLOB, 7);
    expect(await metadata.findBlob(A, BLOB)).toEqual({ size: 7 });
  });

  it.each([0, 2 ** 31, 2 ** 32 + 1, 2 ** 51, 2 ** 53 - 1])('may have %d bytes', async (size) => {
    await using metadata = await open();
    await metadata.linkBlob(A, BLOB, size);
    expect(await metadata.findBlob(A, BLOB)).toEqual({ size });
  });

  it.each([-1, 1.5, 2 ** 53, Number.NaN])('may not have %d bytes', async (size) => {
    await using metadata = await open();
    await expect(metadata.linkBlob(A, BLOB, size)).rejects.toThrow();
    expect(await metadata.findBlob(A, BLOB)).toBeUndefined();
  });

  it('is mounted from a repository that holds it', async () => {
    await using metadata = await open();
    await metadata.linkBlob(A, BLOB, 4);
    expect(await metadata.mountBlob(A, B, BLOB)).toBe(true);
    expect(await metadata.mountBlob(A, B, BLOB)).toBe(true);
    expect(await metadata.mountBlob(A, A, BLOB)).toBe(true);
    expect(await metadata.mountBlob(A, B, digestOf('other'))).toBe(false);
    expect(await metadata.mountBlob(repositoryName('c'), A, BLOB)).toBe(false);
    expect(await metadata.findBlob(B, BLOB)).toEqual({ size: 4 });
    expect(await metadata.findBlob(B, digestOf('other'))).toBeUndefined();
  });

  it('names the repositories that hold it', async () => {
    await using metadata = await open();
    const names = ['c', 'a', 'b', 'd'].map(repositoryName);
    for (const name of names) await metadata.linkBlob(name, BLOB, 4);
    await metadata.linkBlob(repositoryName('e'), digestOf('other'), 4);
    expect(await metadata.repositoriesWithBlob(BLOB, 10)).toEqual(['a', 'b', 'c', 'd']);
    const three = await metadata.repositoriesWithBlob(BLOB, 3);
    expect(three).toHaveLength(3);
    expect(three).toEqual(three.toSorted());
    expect(await metadata.repositoriesWithBlob(digestOf('nowhere'), 3)).toEqual([]);
  });

  it('is taken out of one repository only', async () => {
    await using metadata = await open();
    await metadata.linkBlob(A, BLOB, 4);
    await metadata.linkBlob(B, BLOB, 4);
    expect(await metadata.unlinkBlob(A, BLOB)).toBe('removed');
    expect(await metadata.unlinkBlob(A, BLOB)).toBe('unknown');
    expect(await metadata.unlinkBlob(repositoryName('c'), BLOB)).toBe('unknown');
    expect(await metadata.findBlob(A, BLOB)).toBeUndefined();
    expect(await metadata.findBlob(B, BLOB)).toEqual({ size: 4 });
    expect(await metadata.repositoriesWithBlob(BLOB, 3)).toEqual([B]);
  });

  it('is kept while a manifest of its repository references it', async () => {
    await using metadata = await open();
    await metadata.linkBlob(A, BLOB, 4);
    await metadata.linkBlob(B, BLOB, 4);
    const facts = { references: [referenceTo(BLOB)] };
    const manifests = ['one', 'two'].map((text) => newManifest(A, { text, facts }));
    for (const manifest of manifests) await metadata.putManifest(manifest);
    expect(await metadata.unlinkBlob(A, BLOB)).toBe('referenced');
    expect(await metadata.findBlob(A, BLOB)).toEqual({ size: 4 });
    expect(await metadata.unlinkBlob(B, BLOB)).toBe('removed');
    for (const manifest of manifests) {
      expect(await metadata.unlinkBlob(A, BLOB)).toBe('referenced');
      await metadata.removeManifest(A, manifest.digest);
    }
    expect(await metadata.unlinkBlob(A, BLOB)).toBe('removed');
  });
}
