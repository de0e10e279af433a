/** Index files: what is written is read, what is damaged harms nobody. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/oci/digest.ts';
import { isProblem, parseManifest } from '../../../src/oci/manifest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { type IndexEntry, parseIndex, startIndex } from '../../../src/registry/layout/index-file.ts';
import { tagOf, tagsOf } from '../../support/contracts/metadata-samples.ts';

const entry: fc.Arbitrary<IndexEntry> = fc.record({
  digest: fc
    .tuple(fc.nat(), fc.constantFrom('sha256' as const, 'sha512' as const))
    .map(([seed, algorithm]) => digestOf(String(seed), algorithm)),
  mediaType: fc.constantFrom(OCI_MANIFEST, OCI_INDEX, 'application/vnd.example+json'),
  size: fc.nat(),
  tags: fc
    .uniqueArray(fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/), { maxLength: 3 })
    .map((tags) => tags.map(tagOf)),
});
const entries = fc.uniqueArray(entry, { selector: ({ digest }) => digest, maxLength: 10 });

function write(...pages: (readonly IndexEntry[])[]): Buffer {
  const index = startIndex();
  for (const page of pages) index.add(page);
  return index.finish();
}

describe('an index', () => {
  it('is read as it was written, in however many pages', () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 3 }), (pages) => {
        const all = [...new Map(pages.flat().map((one) => [one.digest, one])).values()];
        fc.pre(all.length === pages.flat().length);
        expect(parseIndex(write(...pages))).toEqual(all);
      }),
    );
  });

  it('is an image index, as every tool reads it', () => {
    const bytes = write(
      [{ digest: digestOf('a'), mediaType: OCI_MANIFEST, size: 1, tags: tagsOf('x', 'y') }],
      [{ digest: digestOf('b'), mediaType: OCI_INDEX, size: 2, tags: [] }],
    );
    const facts = parseManifest(bytes, OCI_INDEX);
    expect(isProblem(facts) ? facts : facts.references.map(({ digest }) => digest)).toEqual([
      digestOf('a'),
      digestOf('b'),
    ]);
    expect(JSON.parse(bytes.toString())).toEqual({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [
        {
          mediaType: OCI_MANIFEST,
          digest: digestOf('a'),
          size: 1,
          annotations: { 'org.opencontainers.image.ref.name': 'x' },
        },
        {
          mediaType: OCI_MANIFEST,
          digest: digestOf('a'),
          size: 1,
          annotations: { 'org.opencontainers.image.ref.name': 'y' },
        },
        { mediaType: OCI_INDEX, digest: digestOf('b'), size: 2 },
      ],
    });
    expect(JSON.parse(write().toString())).toEqual({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] });
  });

  it('loses what is no entry, and nothing besides', () => {
    const good = { mediaType: OCI_MANIFEST, digest: digestOf('a'), size: 1 };
    const named = (name: unknown) => ({ ...good, annotations: { 'org.opencontainers.image.ref.name': name } });
    const bad = [
      null,
      1,
      'x',
      [],
      {},
      { ...good, digest: 'sha256:x' },
      { ...good, digest: digestOf('b'), size: '1' },
      { ...good, digest: digestOf('c'), mediaType: 7 },
    ];
    const bytes = Buffer.from(JSON.stringify({ manifests: [...bad, named('.bad tag'), named(7), named('good')] }));
    expect(parseIndex(bytes)).toEqual([{ ...good, tags: tagsOf('good') }]);
  });

  it('that is damaged is told from one that is empty; reading never throws', () => {
    for (const text of ['', '{', 'x', '{"schemaVersion":2,"manifests":[{"mediaType":'])
      expect(parseIndex(Buffer.from(text))).toBeUndefined();
    for (const text of ['null', '[]', '7', '{}', '{"manifests":{}}']) expect(parseIndex(Buffer.from(text))).toEqual([]);
    const field = fc.dictionary(
      fc.constantFrom('digest', 'mediaType', 'size', 'annotations', '__proto__'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
          fc.array(field).map((manifests) => Buffer.from(JSON.stringify({ manifests }))),
        ),
        (bytes) => {
          for (const { digest, tags } of parseIndex(bytes) ?? [])
            expect([digest, tags]).toEqual([expect.stringMatching(/^sha(256|512):/), expect.any(Array)]);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
