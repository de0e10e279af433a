/** Manifests: from bytes to facts. What the wire says of each refusal is tested with the API. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/oci/digest.ts';
import { type ManifestFacts, type ManifestProblem, isProblem, parseManifest } from '../../src/oci/manifest.ts';
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_INDEX, OCI_MANIFEST } from '../../src/oci/media-types.ts';

const parse = (value: unknown, contentType = ''): ManifestFacts | ManifestProblem =>
  parseManifest(Buffer.from(JSON.stringify(value)), contentType);

const digest = fc
  .tuple(fc.nat(50), fc.constantFrom('sha256' as const, 'sha512' as const))
  .map(([seed, algorithm]) => digestOf(String(seed), algorithm));
const mediaType = fc.constantFrom('application/x', 'application/vnd.oci.image.layer.nondistributable.v1.tar');
const descriptor = fc.record({ digest, size: fc.nat(), mediaType });
const extras = {
  subject: fc.option(descriptor, { nil: undefined }),
  artifactType: fc.option(fc.constantFrom('', 'application/vnd.example'), { nil: undefined }),
  annotations: fc.option(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())), { nil: undefined }),
};
const images = fc.record({ config: descriptor, layers: fc.array(descriptor), ...extras });
const indexes = fc.record({ manifests: fc.array(descriptor), ...extras });

/** What the specification says of a list of descriptors, in the plainest words. */
function expectedReferences(descriptors: readonly { readonly digest: string; readonly mediaType: string }[]) {
  const optional = new Map<string, boolean>();
  for (const { digest: name, mediaType: type } of descriptors)
    optional.set(name, type.includes('nondistributable') && (optional.get(name) ?? true));
  return optional;
}

function checkFacts(
  value: Record<string, unknown>,
  facts: ManifestFacts | ManifestProblem,
  descriptors: readonly { digest: string; mediaType: string }[],
  kind: string,
  configType: string | undefined,
): void {
  if (isProblem(facts)) throw new Error(facts.problem);
  expect(new Map(facts.references.map((reference) => [reference.digest, reference.optional]))).toEqual(
    expectedReferences(descriptors),
  );
  expect(facts.references.every((reference) => reference.kind === kind)).toBe(true);
  expect(facts.subject).toBe((value['subject'] as { digest: string } | undefined)?.digest);
  expect(facts.artifactType).toBe(value['artifactType'] || configType);
  const annotations = value['annotations'] as Record<string, unknown> | undefined;
  const texts =
    annotations && Object.fromEntries(Object.entries(annotations).filter(([, text]) => typeof text === 'string'));
  expect(facts.annotations).toEqual(texts);
}

describe('parseManifest', () => {
  it('finds everything an image refers to', () => {
    fc.assert(
      fc.property(images, fc.constantFrom(OCI_MANIFEST, DOCKER_MANIFEST), (image, type) => {
        const facts = parse({ schemaVersion: 2, ...image }, `${type}; x=y`);
        checkFacts(image, facts, [image.config, ...image.layers], 'blob', image.config.mediaType);
        expect(facts).toMatchObject({ mediaType: type });
      }),
    );
  });

  it('finds everything an index refers to', () => {
    fc.assert(
      fc.property(indexes, fc.constantFrom(OCI_INDEX, DOCKER_MANIFEST_LIST), (index, type) => {
        const facts = parse({ schemaVersion: 2, mediaType: type, ...index });
        checkFacts(index, facts, index.manifests, 'manifest', undefined);
        expect(facts).toMatchObject({ mediaType: type });
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    const types = fc.constantFrom(
      '',
      OCI_MANIFEST,
      OCI_INDEX,
      DOCKER_MANIFEST,
      'application/vnd.other+json',
      '\r\n',
      ';',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        types,
        (bytes, type) => {
          const result = parseManifest(bytes, type);
          expect(isProblem(result) ? result.problem : result.mediaType).toMatch(/\S/);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never throws when a field is something else', () => {
    const anything = fc.jsonValue();
    const field = fc.constantFrom(
      'config',
      'layers',
      'manifests',
      'subject',
      'annotations',
      'artifactType',
      'mediaType',
      'schemaVersion',
      'blobs',
      '__proto__',
      'constructor',
    );
    fc.assert(
      fc.property(images, fc.array(fc.tuple(field, anything)), (image, changes) => {
        const value = JSON.parse(
          `{"schemaVersion":2,${JSON.stringify(image).slice(1, -1)}${changes.map(([name, to]) => `,"${name}":${JSON.stringify(to)}`).join('')}}`,
        ) as unknown;
        const result = parse(value);
        if (!isProblem(result))
          expect(result.references.every(({ digest: name }) => /^sha(256|512):[0-9a-f]+$/.test(name))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts a reference as needed when one of its places needs it', () => {
    const needed = { digest: digestOf('x'), size: 1, mediaType: 'application/x' };
    const foreign = { ...needed, mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar' };
    for (const layers of [
      [needed, foreign],
      [foreign, needed],
    ]) {
      const facts = parse({ schemaVersion: 2, config: { ...needed, digest: digestOf('c') }, layers });
      expect(isProblem(facts) ? [] : facts.references.map(({ optional }) => optional)).toEqual([false, false]);
    }
  });

  it('takes what it can from types nobody knows, and refuses only what is dangerous', () => {
    const known = { digest: digestOf('x'), size: 1, mediaType: 'application/x' };
    const facts = parse({
      mediaType: 'application/vnd.example+json',
      blobs: [known, { digest: 'none' }, 7],
      manifests: 'x',
    });
    expect(facts).toMatchObject({
      references: [{ digest: known.digest, kind: 'blob', optional: false }],
      subject: undefined,
    });
    expect(parse({ mediaType: 'application/vnd.example+json', manifests: [], config: known })).toHaveProperty(
      'problem',
    );
  });

  it('keeps annotations that are named like parts of objects', () => {
    const bytes = Buffer.from(
      `{"schemaVersion":2,"manifests":[],"annotations":{"__proto__":"a","constructor":"b","n":1}}`,
    );
    const facts = parseManifest(bytes, OCI_INDEX);
    expect(isProblem(facts) ? [] : Object.entries(facts.annotations ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });
});
