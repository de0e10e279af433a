/** Names, manifests and sessions for tests of metadata. */
import { randomUUID } from 'node:crypto';
import { type Digest, digestOf } from '../../../src/oci/digest.ts';
import type { ManifestFacts, ManifestReference } from '../../../src/oci/manifest.ts';
import { OCI_MANIFEST } from '../../../src/oci/media-types.ts';
import { type RepositoryName, type Tag, parseRepositoryName, parseTag } from '../../../src/oci/repository.ts';
import type { NewManifest, Page, StoredUpload, UploadId } from '../../../src/registry/core/ports.ts';

/** A page that holds everything a test stores. */
export const ALL: Page = { after: undefined, limit: 10_000 };

/** A repository's name. */
export function repositoryName(text: string): RepositoryName {
  return parseRepositoryName(text) ?? fail(text);
}

/** Tags. */
export function tagsOf(...texts: string[]): Tag[] {
  return texts.map((text) => parseTag(text) ?? fail(text));
}

/** A tag. */
export function tagOf(text: string): Tag {
  return parseTag(text) ?? fail(text);
}

/** A reference to a blob or a child manifest. */
export function referenceTo(digest: Digest, kind: 'blob' | 'manifest' = 'blob'): ManifestReference {
  return { digest, kind, optional: false };
}

/** What a test wants to differ from a plain manifest without references. */
export interface ManifestSample {
  readonly text?: string;
  readonly tags?: readonly string[];
  readonly facts?: Partial<ManifestFacts>;
  readonly required?: readonly ManifestReference[];
}

/** A manifest to be stored; everything its facts reference is required unless said otherwise. */
export function newManifest(
  repository: string,
  { text = 'plain', tags = [], facts = {}, required }: ManifestSample = {},
): NewManifest {
  const bytes = new TextEncoder().encode(text);
  return {
    repository: repositoryName(repository),
    digest: digestOf(bytes),
    bytes,
    facts: {
      mediaType: OCI_MANIFEST,
      references: [],
      subject: undefined,
      artifactType: undefined,
      annotations: undefined,
      ...facts,
    },
    tags: tagsOf(...tags),
    required: required ?? facts.references ?? [],
  };
}

/** An upload session of a user. */
export function newUpload(repository: string): StoredUpload {
  return {
    id: randomUUID() as UploadId,
    repository: repositoryName(repository),
    owner: 'user:1',
    algorithm: 'sha256',
    startedAt: new Date(1_790_000_000_123),
  };
}

/** Sorts as Go's `sort.Strings` does: by bytes. */
export function inByteOrder<T extends string>(texts: readonly T[]): T[] {
  return texts.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
}

function fail(text: string): never {
  throw new TypeError(`${text} is not a valid name`);
}
