/** Whatever is done to content, in whatever groups, a simple model answers the same. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import type { ManifestReference } from '../../../src/oci/manifest.ts';
import type { RepositoryName, Tag } from '../../../src/oci/repository.ts';
import type { Metadata, NewManifest } from '../../../src/registry/core/ports.ts';
import { openSqliteMetadata } from '../../../src/registry/metadata/sqlite-metadata.ts';
import {
  ALL,
  inByteOrder,
  newManifest,
  referenceTo,
  repositoryName,
  tagsOf,
} from '../../support/contracts/metadata-samples.ts';

const REPOSITORIES = ['a', 'a/b', 'a-b'].map(repositoryName);
const BLOBS = ['x', 'y', 'z'].map((text) => digestOf(text));
const TAGS = tagsOf('v1', 'V1', '_');
const MANIFEST_TEXTS = ['one', 'two', 'three'];

/** What one repository holds. */
interface ModelRepository {
  readonly blobs: Map<Digest, number>;
  readonly manifests: Map<Digest, readonly ManifestReference[]>;
  readonly tags: Map<Tag, Digest>;
}

/** The same rules as the port's, over maps. */
class Model {
  readonly repositories = new Map<RepositoryName, ModelRepository>();

  ensure(name: RepositoryName): ModelRepository {
    const known = this.repositories.get(name) ?? { blobs: new Map(), manifests: new Map(), tags: new Map() };
    this.repositories.set(name, known);
    return known;
  }

  mount(from: RepositoryName, to: RepositoryName, digest: Digest): boolean {
    const size = this.repositories.get(from)?.blobs.get(digest);
    if (size !== undefined) this.ensure(to).blobs.set(digest, size);
    return size !== undefined;
  }

  unlink(name: RepositoryName, digest: Digest): string {
    const repository = this.repositories.get(name);
    if (!repository?.blobs.has(digest)) return 'unknown';
    const references = [...repository.manifests.values()].flat();
    if (references.some((reference) => reference.digest === digest)) return 'referenced';
    repository.blobs.delete(digest);
    return 'removed';
  }

  put(manifest: NewManifest): Digest[] {
    const known = this.repositories.get(manifest.repository);
    const missing = manifest.required.filter(
      ({ digest, kind }) => !known?.blobs.has(digest) && !(kind === 'manifest' && known?.manifests.has(digest)),
    );
    if (missing.length > 0) return missing.map(({ digest }) => digest);
    const repository = this.ensure(manifest.repository);
    if (!repository.manifests.has(manifest.digest))
      repository.manifests.set(manifest.digest, manifest.facts.references);
    for (const tag of manifest.tags) repository.tags.set(tag, manifest.digest);
    return [];
  }

  remove(name: RepositoryName, digest: Digest): boolean {
    const repository = this.repositories.get(name);
    for (const [tag, target] of repository?.tags ?? []) if (target === digest) repository?.tags.delete(tag);
    return repository?.manifests.delete(digest) ?? false;
  }
}

/** One thing to do to both. */
interface Step {
  readonly model: (model: Model) => unknown;
  readonly real: (metadata: Metadata) => Promise<unknown>;
}

const repository = fc.constantFrom(...REPOSITORIES);
const blob = fc.constantFrom(...BLOBS);
const manifestDigest = fc.constantFrom(...MANIFEST_TEXTS.map((text) => digestOf(text)));
const reference = fc.oneof(
  blob.map((digest) => referenceTo(digest)),
  manifestDigest.map((digest) => referenceTo(digest, 'manifest')),
);
const manifest = fc
  .record({
    name: repository,
    text: fc.constantFrom(...MANIFEST_TEXTS),
    tags: fc.uniqueArray(fc.constantFrom(...TAGS)),
    references: fc.uniqueArray(reference, { selector: ({ digest }) => digest, maxLength: 3 }),
    isStrict: fc.boolean(),
  })
  .map(({ name, text, tags, references, isStrict }) =>
    newManifest(name, { text, tags, facts: { references }, ...(isStrict ? {} : { required: [] }) }),
  );

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(repository, blob, fc.nat(3)).map(([name, digest, size]) => ({
    model: (model: Model) => void model.ensure(name).blobs.set(digest, size),
    real: (metadata: Metadata) => metadata.linkBlob(name, digest, size),
  })),
  fc.tuple(repository, repository, blob).map(([from, to, digest]) => ({
    model: (model: Model) => model.mount(from, to, digest),
    real: (metadata: Metadata) => metadata.mountBlob(from, to, digest),
  })),
  fc.tuple(repository, blob).map(([name, digest]) => ({
    model: (model: Model) => model.unlink(name, digest),
    real: (metadata: Metadata) => metadata.unlinkBlob(name, digest),
  })),
  manifest.map((value) => ({
    model: (model: Model) => model.put(value),
    real: (metadata: Metadata) => metadata.putManifest(value),
  })),
  fc.tuple(repository, manifestDigest).map(([name, digest]) => ({
    model: (model: Model) => model.remove(name, digest),
    real: (metadata: Metadata) => metadata.removeManifest(name, digest),
  })),
  fc.tuple(repository, fc.constantFrom(...TAGS)).map(([name, tag]) => ({
    model: (model: Model) => model.repositories.get(name)?.tags.delete(tag) ?? false,
    real: (metadata: Metadata) => metadata.removeTag(name, tag),
  })),
);

async function expectSame(metadata: Metadata, model: Model): Promise<void> {
  expect(await metadata.listRepositories(ALL)).toEqual(inByteOrder([...model.repositories.keys()]));
  for (const [name, { blobs, manifests, tags }] of model.repositories) {
    for (const digest of BLOBS) expect((await metadata.findBlob(name, digest))?.size).toBe(blobs.get(digest));
    expect(await metadata.listTags(name, ALL)).toEqual(inByteOrder([...tags.keys()]));
    for (const [tag, digest] of tags) expect((await metadata.findManifest(name, tag))?.digest).toBe(digest);
    const listed = await metadata.listManifests(name, ALL);
    expect(listed.map(({ digest }) => digest)).toEqual(inByteOrder([...manifests.keys()]));
  }
}

it('agrees with a model, step by step and with several steps in one group', async () => {
  const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(groups, async (plan) => {
      await using metadata = await openSqliteMetadata({ path: ':memory:', durability: 'fast' });
      const model = new Model();
      for (const group of plan) {
        const answers = await Promise.all(group.map(({ real }) => real(metadata)));
        expect(answers).toEqual(group.map(({ model: act }) => act(model)));
        await expectSame(metadata, model);
      }
    }),
    { numRuns: 60 },
  );
});
