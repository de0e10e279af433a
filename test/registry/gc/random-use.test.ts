/** Whatever there is, a collection removes all garbage and nothing else, and a dry run says the same before. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Digest, digestOf, hexOf } from '../../../src/oci/digest.ts';
import type { NewManifest } from '../../../src/registry/core/ports.ts';
import { newManifest, referenceTo, repositoryName } from '../../support/contracts/metadata-samples.ts';
import { type GcBench, openGcBench } from './gc-bench.ts';

const REPOSITORIES = ['a', 'b'];
const BLOBS = 5;
const RUNS = 150;

interface Draft {
  readonly repository: string;
  readonly isTagged: boolean;
  /** Of earlier drafts and of blobs. */
  readonly children: readonly number[];
  readonly blobs: readonly number[];
  readonly subject: number | undefined;
  readonly signs: number | undefined;
}

const draft = fc.record<Draft>({
  repository: fc.constantFrom(...REPOSITORIES),
  isTagged: fc.boolean(),
  children: fc.array(fc.nat(6), { maxLength: 2 }),
  blobs: fc.array(fc.nat(BLOBS - 1), { maxLength: 2 }),
  subject: fc.option(fc.nat(6), { nil: undefined, freq: 3 }),
  signs: fc.option(fc.nat(6), { nil: undefined, freq: 4 }),
});

const scene = fc.record({
  drafts: fc.array(draft, { maxLength: 7 }),
  links: fc.array(fc.tuple(fc.constantFrom(...REPOSITORIES), fc.nat(BLOBS - 1)), { maxLength: 8 }),
  leased: fc.array(fc.nat(11), { maxLength: 3 }),
  deleteUntagged: fc.boolean(),
});

const blobText = (number: number) => `blob ${number}`;

function manifestsOf(drafts: readonly Draft[]): NewManifest[] {
  const made: NewManifest[] = [];
  for (const [number, { repository, isTagged, children, blobs, subject, signs }] of drafts.entries()) {
    const digestAt = (index: number | undefined): Digest | undefined =>
      index === undefined ? undefined : made[index]?.digest;
    const signed = digestAt(signs);
    const references = [
      ...children.flatMap((child) => digestAt(child) ?? []).map((digest) => referenceTo(digest, 'manifest')),
      ...blobs.map((blob) => referenceTo(digestOf(blobText(blob)))),
    ];
    const tags = [
      ...(isTagged ? [`tag-${number}`] : []),
      ...(signed === undefined ? [] : [`sha256-${hexOf(signed)}.sig`]),
    ];
    const facts = { references, subject: digestAt(subject) };
    made.push({ ...newManifest(repository, { text: `manifest ${number}`, tags, facts }), required: [] });
  }
  return made;
}

/** The rules, written down once more, over everything at once. */
function expectedAfter(
  manifests: readonly NewManifest[],
  links: readonly string[],
  isLeased: (digest: Digest) => boolean,
  deleteUntagged: boolean,
): { manifests: string[]; links: string[]; stored: Digest[] } {
  // Of two that move one tag the later has it.
  const owner = new Map(
    manifests.flatMap(({ repository, digest, tags }) => tags.map((tag) => [`${repository} ${tag}`, digest])),
  );
  let left = [...manifests];
  const isKept = (one: NewManifest): boolean => {
    const others = left.filter(({ repository }) => repository === one.repository);
    const tagsOf = (other: NewManifest) =>
      other.tags.filter((tag) => owner.get(`${other.repository} ${tag}`) === other.digest);
    return (
      isLeased(one.digest) ||
      tagsOf(one).length > 0 ||
      others.some(({ facts }) => facts.references.some(({ digest }) => digest === one.digest)) ||
      others.some(({ facts }) => facts.subject === one.digest) ||
      others.some(({ digest }) => digest === one.facts.subject) ||
      others.some((other) => tagsOf(other).some((tag) => tag.startsWith(`sha256-${hexOf(one.digest)}`)))
    );
  };
  if (deleteUntagged) while (!left.every(isKept)) left = left.filter(isKept);
  const needed = new Set(
    left.flatMap(({ repository, facts }) => facts.references.map(({ digest }) => `${repository} ${digest}`)),
  );
  const linksLeft = links.filter((link) => needed.has(link) || isLeased(link.split(' ')[1] as Digest));
  return {
    manifests: left.map(({ repository, digest }) => `${repository} ${digest}`).toSorted(),
    links: linksLeft.toSorted(),
    stored: [...new Set(linksLeft.map((link) => link.split(' ')[1] as Digest))].toSorted(),
  };
}

async function seen({
  metadata,
  stored,
}: GcBench): Promise<{ manifests: string[]; links: string[]; stored: Digest[] }> {
  const manifests: string[] = [];
  const links: string[] = [];
  for (const name of REPOSITORIES.map(repositoryName)) {
    const found = await metadata.listManifests(name, { after: undefined, limit: 100 });
    manifests.push(...found.map(({ digest }) => `${name} ${digest}`));
    for (let blob = 0; blob < BLOBS; blob++) {
      const digest = digestOf(blobText(blob));
      if ((await metadata.findBlob(name, digest)) !== undefined) links.push(`${name} ${digest}`);
    }
  }
  return { manifests: manifests.toSorted(), links: links.toSorted(), stored: await stored() };
}

it('removes all garbage and nothing else, as a dry run has said', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ drafts, links, leased, deleteUntagged }) => {
      await using bench = await openGcBench();
      for (let blob = 0; blob < BLOBS; blob++) await bench.addBlob(blobText(blob));
      const manifests = manifestsOf(drafts);
      for (const manifest of manifests) await bench.metadata.putManifest(manifest);
      for (const [repository, blob] of links) await bench.addBlob(blobText(blob), repository);
      const known = [...manifests.map(({ digest }) => digest), ...links.map(([, blob]) => digestOf(blobText(blob)))];
      const promised = new Set(leased.flatMap((index) => known[index] ?? []));
      for (const digest of promised) bench.leases.grant(digest);
      const linked = [...new Set(links.map(([repository, blob]) => `${repository} ${digestOf(blobText(blob))}`))];

      const before = await seen(bench);
      const {
        milliseconds: _dryTime,
        isDryRun: _dry,
        ...said
      } = await bench.collect({ deleteUntagged, isDryRun: true });
      expect(await seen(bench)).toEqual(before);
      const { milliseconds: _time, isDryRun: _real, ...done } = await bench.collect({ deleteUntagged });
      expect(await seen(bench)).toEqual(
        expectedAfter(manifests, linked, (digest) => promised.has(digest), deleteUntagged),
      );
      expect(done).toEqual(said);
    }),
    { numRuns: RUNS },
  );
});
