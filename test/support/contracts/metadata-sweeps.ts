/** The contract of metadata: what the collection of garbage asks. */
import { expect, it } from 'vitest';
import { type Digest, digestOf, hexOf } from '../../../src/oci/digest.ts';
import type { Metadata } from '../../../src/registry/core/ports.ts';
import type { SweepFind, SweepPlace, SweepStep } from '../../../src/registry/core/sweep-metadata.ts';
import { newManifest, newUpload, referenceTo, repositoryName } from './metadata-samples.ts';

const A = repositoryName('team/a');
const B = repositoryName('b');
const anything = () => true;

/** Walks to the end. */
async function walk(
  metadata: Metadata,
  kind: 'sweepManifests' | 'sweepBlobs',
  step: Partial<SweepStep> = {},
): Promise<SweepFind[]> {
  const found: SweepFind[] = [];
  let after: SweepPlace | undefined;
  do {
    const result = await metadata[kind]({ rows: 2, keepers: 10, ...step, after });
    found.push(...result.found);
    after = result.next;
  } while (after !== undefined);
  return found;
}

const digestsOf = (items: readonly { readonly digest: Digest }[]) => items.map(({ digest }) => digest).toSorted();

export function sweepFacts(open: () => Promise<Metadata>): void {
  it.each([1, 2, 3, 100])('measure every blob once, in steps of %d', async (rows) => {
    await using metadata = await open();
    const measure = async () => {
      const sum = { blobs: 0, bytes: 0 };
      let after: SweepPlace | undefined;
      do {
        const { blobs, bytes, next } = await metadata.measureBlobs({ after, rows });
        sum.blobs += blobs;
        sum.bytes += bytes;
        after = next;
      } while (after !== undefined);
      return sum;
    };
    expect(await measure()).toEqual({ blobs: 0, bytes: 0 });
    for (const at of [1, 2, 3, 4])
      for (const repository of [A, B, repositoryName('c')].slice(0, at))
        await metadata.linkBlob(repository, digestOf(`blob ${at}`), 10 ** at);
    expect(await measure()).toEqual({ blobs: 4, bytes: 11_110 });
  });

  it('walk over uploads by id', async () => {
    await using metadata = await open();
    const uploads = Array.from({ length: 5 }, () => newUpload('a')).toSorted((one, other) =>
      one.id < other.id ? -1 : 1,
    );
    for (const upload of uploads) await metadata.beginUpload(upload);
    expect(await metadata.listUploads({ after: undefined, limit: 3 })).toEqual(uploads.slice(0, 3));
    expect(await metadata.listUploads({ after: uploads[2]?.id, limit: 3 })).toEqual(uploads.slice(3));
  });

  it('find every blob once, with the manifests of its repository that reference it', async () => {
    await using metadata = await open();
    const digests = ['1', '2', '3', '4', '5'].map((text) => digestOf(text));
    const [first = digestOf(''), second = digestOf('')] = digests;
    for (const digest of digests) await metadata.linkBlob(A, digest, 7);
    await metadata.linkBlob(B, first, 7);
    const manifests = ['x', 'y', 'z'].map((text) =>
      newManifest(A, { text, facts: { references: [referenceTo(first)] } }),
    );
    for (const manifest of manifests) await metadata.putManifest(manifest);
    const found = await walk(metadata, 'sweepBlobs');
    expect(found).toHaveLength(6);
    const keepersOf = (repository: string, digest: Digest) =>
      found.find((find) => find.repository === repository && find.digest === digest)?.keepers.toSorted();
    expect(keepersOf(A, first)).toEqual(digestsOf(manifests));
    expect(keepersOf(B, first)).toEqual([]);
    expect(keepersOf(A, second)).toEqual([]);
    expect(found.every(({ size }) => size === 7)).toBe(true);
    const [one] = (await walk(metadata, 'sweepBlobs', { keepers: 1 })).filter(({ keepers }) => keepers.length > 0);
    expect(one?.keepers).toHaveLength(1);
  });

  it('take out blobs that no manifest of their repository references, and that may go', async () => {
    await using metadata = await open();
    const [kept, free, leased] = ['kept', 'free', 'leased'].map((text) => digestOf(text)) as [Digest, Digest, Digest];
    for (const digest of [kept, free, leased]) await metadata.linkBlob(A, digest, 1);
    await metadata.linkBlob(B, kept, 1);
    await metadata.putManifest(newManifest(A, { facts: { references: [referenceTo(kept)] } }));
    await metadata.findBlob(A, free);
    const items = [
      ...[kept, free, leased].map((digest) => ({ repository: A, digest })),
      { repository: B, digest: kept },
      { repository: B, digest: free },
      { repository: repositoryName('nowhere'), digest: free },
    ];
    const removed = await metadata.removeUnreferenced(items, (digest) => digest !== leased);
    expect(removed).toEqual([
      { repository: A, digest: free },
      { repository: B, digest: kept },
    ]);
    expect(await metadata.findBlob(A, free)).toBeUndefined();
    expect(await metadata.findBlob(B, kept)).toBeUndefined();
    expect(await metadata.findBlob(A, kept)).toEqual({ size: 1 });
    expect(await metadata.findBlob(A, leased)).toEqual({ size: 1 });
  });

  it('find manifests without a tag, and all that keeps them', async () => {
    await using metadata = await open();
    const child = newManifest(A, { text: 'child' });
    const tagged = newManifest(A, { text: 'tagged', tags: ['t'] });
    const lonely = newManifest(A, { text: 'lonely' });
    const signed = newManifest(A, { text: 'signed' });
    const parent = newManifest(A, { text: 'parent', facts: { references: [referenceTo(child.digest, 'manifest')] } });
    const referrer = newManifest(A, { text: 'referrer', facts: { subject: tagged.digest } });
    const signature = newManifest(A, { text: 'signature', tags: [`sha256-${hexOf(signed.digest)}.sig`] });
    const dangling = newManifest(A, { text: 'dangling', facts: { subject: digestOf('gone') } });
    const all = [child, tagged, lonely, signed, parent, referrer, signature, dangling];
    for (const manifest of all) await metadata.putManifest(manifest);
    await metadata.putManifest({ ...tagged, repository: B, tags: [] });
    const found = await walk(metadata, 'sweepManifests');
    const keepersIn = (repository: string) =>
      new Map(found.filter((find) => find.repository === repository).map(({ digest, keepers }) => [digest, keepers]));
    expect(keepersIn(A)).toEqual(
      new Map([
        [child.digest, [parent.digest]],
        [lonely.digest, []],
        [signed.digest, [signature.digest]],
        [parent.digest, []],
        [referrer.digest, [tagged.digest]],
        [dangling.digest, []],
      ]),
    );
    expect(keepersIn(B)).toEqual(new Map([[tagged.digest, []]]));
    expect(found.find(({ digest }) => digest === lonely.digest)?.size).toBe(lonely.bytes.byteLength);
  });

  it('keep a manifest for the referrers it has', async () => {
    await using metadata = await open();
    const subject = newManifest(A, { text: 'subject' });
    const referrer = newManifest(A, { text: 'referrer', facts: { subject: subject.digest } });
    for (const manifest of [subject, referrer]) await metadata.putManifest(manifest);
    expect((await walk(metadata, 'sweepManifests')).map(({ keepers }) => keepers)).toEqual([
      [referrer.digest],
      [subject.digest],
    ]);
    expect(await metadata.removeUntagged([subject, referrer], anything)).toEqual([]);
  });

  it('remove manifests that have neither tag nor keeper, and that may go', async () => {
    await using metadata = await open();
    const child = newManifest(A, { text: 'child' });
    const parent = newManifest(A, { text: 'parent', facts: { references: [referenceTo(child.digest, 'manifest')] } });
    const tagged = newManifest(A, { text: 'tagged', tags: ['t'] });
    const leased = newManifest(A, { text: 'leased' });
    const all = [child, parent, tagged, leased];
    for (const manifest of all) await metadata.putManifest(manifest);
    for (const { repository, revision } of await metadata.listUnsaved(10))
      await metadata.markSaved(repository, revision);
    for (const { digest } of all) await metadata.findManifest(A, digest);
    const mayRemove = (digest: Digest) => digest !== leased.digest;
    expect(await metadata.removeUntagged(all, mayRemove)).toEqual([parent]);
    expect(await metadata.findManifest(A, parent.digest)).toBeUndefined();
    expect((await metadata.listUnsaved(10)).map(({ repository }) => repository)).toEqual([A]);
    expect(await metadata.removeUntagged(all, mayRemove)).toEqual([child]);
    expect(digestsOf(await metadata.listManifests(A, { after: undefined, limit: 10 }))).toEqual(
      digestsOf([tagged, leased]),
    );
  });

  it('count who has a digest, as blob or manifest, up to a limit', async () => {
    await using metadata = await open();
    const manifest = newManifest(A);
    await metadata.putManifest(manifest);
    await metadata.linkBlob(A, manifest.digest, 1);
    await metadata.linkBlob(B, manifest.digest, 1);
    await metadata.linkBlob(B, digestOf('blob'), 1);
    const digests = [digestOf('nobody'), manifest.digest, digestOf('blob')];
    expect(await metadata.countHolders(digests, 9)).toEqual([0, 3, 1]);
    expect((await metadata.countHolders(digests, 1)).map((count) => count > 0)).toEqual([false, true, true]);
    expect(await metadata.countHolders([], 1)).toEqual([]);
  });

  it('remember when promises end', async () => {
    await using metadata = await open();
    expect(await metadata.findPromiseEnd()).toBe('open');
    const end = new Date(1_790_000_000_123);
    await metadata.notePromiseEnd(end);
    expect(await metadata.findPromiseEnd()).toEqual(end);
    await metadata.notePromiseEnd('open');
    expect(await metadata.findPromiseEnd()).toBe('open');
  });
}
