/** The contract of metadata: referrers. */
import { expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import type { Metadata } from '../../../src/registry/core/ports.ts';
import { ALL, newManifest, repositoryName } from './metadata-samples.ts';

const A = repositoryName('team/a');
const SUBJECT = digestOf('subject');

export function referrerFacts(open: () => Promise<Metadata>): void {
  it('are none for an unknown subject or repository', async () => {
    await using metadata = await open();
    await metadata.putManifest(newManifest(A));
    expect(await metadata.listReferrers(A, SUBJECT, ALL)).toEqual([]);
    expect(await metadata.listReferrers(repositoryName('b'), SUBJECT, ALL)).toEqual([]);
  });

  it('describe themselves, also when their subject is not there', async () => {
    await using metadata = await open();
    const annotations = { 'org.example.key': 'value', odd: '\u0000\ud800"', __proto__x: '' };
    const full = newManifest(A, {
      text: 'full',
      facts: { subject: SUBJECT, artifactType: 'application/sbom', annotations },
    });
    const plain = newManifest(A, { text: 'plain one', facts: { subject: SUBJECT } });
    await metadata.putManifest(full);
    await metadata.putManifest(plain);
    const listed = await metadata.listReferrers(A, SUBJECT, ALL);
    expect(listed).toHaveLength(2);
    expect(listed).toContainEqual({
      digest: full.digest,
      mediaType: OCI_MANIFEST,
      size: 4,
      artifactType: 'application/sbom',
      annotations,
    });
    expect(listed).toContainEqual({
      digest: plain.digest,
      mediaType: OCI_MANIFEST,
      size: 9,
      artifactType: undefined,
      annotations: undefined,
    });
  });

  it('are listed by digest, of one type or all, a page at a time', async () => {
    await using metadata = await open();
    const manifests = Array.from({ length: 12 }, (_, index) =>
      newManifest(A, { text: `${index}`, facts: { subject: SUBJECT, artifactType: `type/${index % 2}` } }),
    );
    await Promise.all(manifests.map((manifest) => metadata.putManifest(manifest)));
    const all = manifests.map(({ digest }) => digest).toSorted();
    const even = manifests
      .filter((_, index) => index % 2 === 0)
      .map(({ digest }) => digest)
      .toSorted();
    const list = async (page: Parameters<Metadata['listReferrers']>[2]) =>
      (await metadata.listReferrers(A, SUBJECT, page)).map(({ digest }) => digest);
    expect(await list(ALL)).toEqual(all);
    expect(await list({ after: undefined, limit: 5 })).toEqual(all.slice(0, 5));
    expect(await list({ after: all[4], limit: 5 })).toEqual(all.slice(5, 10));
    expect(await list({ ...ALL, artifactType: 'type/0' })).toEqual(even);
    expect(await list({ after: even[1], limit: 2, artifactType: 'type/0' })).toEqual(even.slice(2, 4));
    expect(await list({ ...ALL, artifactType: 'type/2' })).toEqual([]);
    expect(await list({ ...ALL, artifactType: '' })).toEqual([]);
  });

  it('belong to one repository and one subject, and go when they are removed', async () => {
    await using metadata = await open();
    const manifest = newManifest(A, { text: 'a', facts: { subject: SUBJECT } });
    await metadata.putManifest(manifest);
    await metadata.putManifest(newManifest(A, { text: 'b', facts: { subject: digestOf('another') } }));
    await metadata.putManifest(newManifest('b', { text: 'c', facts: { subject: SUBJECT } }));
    expect((await metadata.listReferrers(A, SUBJECT, ALL)).map(({ digest }) => digest)).toEqual([manifest.digest]);
    await metadata.removeManifest(A, manifest.digest);
    expect(await metadata.listReferrers(A, SUBJECT, ALL)).toEqual([]);
  });
}
