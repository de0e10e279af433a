/** What changes when a registry does what it is asked, by the specification and the registry's own promises. */
import type { Digest } from '../../../src/oci/digest.ts';
import type { ManifestContent, PushedType } from '../contents/manifest-content.ts';
import { type RepositoryState, type State, withRepository } from './state.ts';

/** Whether a repository holds a blob. */
export function holdsBlob(state: State, repository: string, digest: Digest): boolean {
  return state.repositories.get(repository)?.blobs.has(digest) ?? false;
}

/** Whether any repository does. */
export function isHeldAnywhere(state: State, digest: Digest): boolean {
  return [...state.repositories.values()].some(({ blobs }) => blobs.has(digest));
}

/** A blob becomes part of a repository. */
export function linkBlob(state: State, repository: string, digest: Digest): State {
  return withRepository(state, repository, (before) =>
    before.blobs.has(digest) ? before : { ...before, blobs: new Set([...before.blobs, digest]) },
  );
}

/** A blob leaves a repository, unless a manifest there references it. */
export function unlinkBlob(state: State, repository: string, digest: Digest): State | 'unknown' | 'referenced' {
  const held = state.repositories.get(repository);
  if (held === undefined || !held.blobs.has(digest)) return 'unknown';
  if (isReferenced(held, digest)) return 'referenced';
  return withoutBlob(state, { repository, digest });
}

/** Whether a blob is garbage: no manifest of its repository references it. */
export function isCollectable(
  state: State,
  { repository, digest }: { readonly repository: string; readonly digest: Digest },
): boolean {
  const held = state.repositories.get(repository);
  return held !== undefined && held.blobs.has(digest) && !isReferenced(held, digest);
}

/** The state without a blob of a repository. */
export function withoutBlob(
  state: State,
  { repository, digest }: { readonly repository: string; readonly digest: Digest },
): State {
  return withRepository(state, repository, (before) => ({
    ...before,
    blobs: new Set([...before.blobs].filter((other) => other !== digest)),
  }));
}

function isReferenced({ manifests }: RepositoryState, digest: Digest): boolean {
  return [...manifests.values()].some(({ content }) =>
    content.references.some((reference) => reference.digest === digest),
  );
}

/** What a manifest needs and a repository lacks. Children of an index may have been pushed as blobs. */
export function missingReferences(state: State, repository: string, manifest: ManifestContent): Digest[] {
  const held = state.repositories.get(repository);
  return manifest.references
    .filter(({ optional }) => !optional)
    .filter(({ digest, kind }) => !held?.blobs.has(digest) && !(kind === 'manifest' && held?.manifests.has(digest)))
    .map(({ digest }) => digest);
}

/** A manifest that lacks nothing becomes part of a repository, and all tags point to it. */
export function storeManifest(
  state: State,
  repository: string,
  manifest: { readonly content: ManifestContent; readonly digest: Digest; readonly type: PushedType },
  tags: readonly string[],
): State {
  const { content, digest } = manifest;
  const mediaType = manifest.type.servedAs;
  return withRepository(state, repository, (before) => {
    const isSame =
      before.manifests.get(digest)?.mediaType === mediaType && tags.every((tag) => before.tags.get(tag) === digest);
    if (isSame) return before;
    const manifests = new Map([...before.manifests, [digest, { content, mediaType }]]);
    return { ...before, manifests, tags: new Map([...before.tags, ...tags.map((tag) => [tag, digest] as const)]) };
  });
}

/** A manifest leaves a repository with every tag that points to it. */
export function removeManifest(state: State, repository: string, digest: Digest): State | 'unknown' {
  const held = state.repositories.get(repository);
  if (held === undefined || !held.manifests.has(digest)) return 'unknown';
  const manifests = new Map([...held.manifests].filter(([other]) => other !== digest));
  const tags = new Map([...held.tags].filter(([, target]) => target !== digest));
  return withRepository(state, repository, (before) => ({ ...before, manifests, tags }));
}

/** A tag leaves a repository. */
export function removeTag(state: State, repository: string, tag: string): State | 'unknown' {
  const held = state.repositories.get(repository);
  if (held === undefined || !held.tags.has(tag)) return 'unknown';
  const tags = new Map([...held.tags].filter(([other]) => other !== tag));
  return withRepository(state, repository, (before) => ({ ...before, tags }));
}

/**
 * What remains when the metadata are made anew from what lies beside the blobs: manifests, and what they reference.
 * Children of an index that are none of the repository's manifests are taken for blobs.
 * @param isStored whether there are bytes under a digest, whoever they belonged to
 */
export function afterRebuild(state: State, isStored: (digest: Digest) => boolean): State {
  const kept = [...state.repositories].filter(([, { manifests }]) => manifests.size > 0);
  const repositories = kept.map(([name, held]) => {
    const references = [...held.manifests.values()].flatMap(({ content }) => content.references);
    const found = references.filter(({ digest, kind }) =>
      kind === 'blob' ? held.blobs.has(digest) : !held.manifests.has(digest) && isStored(digest),
    );
    return [name, { ...held, blobs: new Set(found.map(({ digest }) => digest)) }] as const;
  });
  return { repositories: new Map(repositories), sessions: new Set() };
}
