/** Makes the metadata anew from what lies beside the blobs. */
import { type Digest, algorithmOf, digestOf } from '../../oci/digest.ts';
import { isProblem, parseManifest } from '../../oci/manifest.ts';
import type { RepositoryName } from '../../oci/repository.ts';
import type { BlobStore, ContentMetadata } from '../core/ports.ts';
import { type IndexEntry, parseIndex } from './index-file.ts';

/** What a rebuild did. */
export interface RebuildReport {
  readonly repositories: number;
  readonly manifests: number;
  /** Indexes that cannot be read, and manifests an index names but whose bytes are gone, damaged, or no manifest. */
  readonly lost: number;
}

/**
 * Reads every repository's index, and from the manifests which blobs a repository holds. Blobs that no manifest
 * references belong to no repository afterwards; users and permissions are not part of it.
 * @param metadata usually empty; what it holds already stays
 */
export async function rebuildMetadata(metadata: ContentMetadata, store: BlobStore): Promise<RebuildReport> {
  let repositories = 0;
  let manifests = 0;
  let lost = 0;
  for await (const { repository, bytes } of store.readIndexes()) {
    repositories++;
    const entries = parseIndex(bytes);
    if (entries === undefined) {
      lost++;
      continue;
    }
    const listed = new Set(entries.map(({ digest }) => digest));
    for (const entry of entries) {
      if (await restore(metadata, store, repository, entry, listed)) manifests++;
      else lost++;
    }
  }
  return { repositories, manifests, lost };
}

async function restore(
  metadata: ContentMetadata,
  store: BlobStore,
  repository: RepositoryName,
  entry: IndexEntry,
  listed: ReadonlySet<Digest>,
): Promise<boolean> {
  const bytes = await readWhole(store, entry.digest, entry.size);
  if (bytes === undefined || digestOf(bytes, algorithmOf(entry.digest)) !== entry.digest) return false;
  const facts = parseManifest(bytes, entry.mediaType);
  if (isProblem(facts)) return false;
  for (const { digest, kind } of facts.references) {
    // A child that is none of the repository's manifests was pushed as a blob.
    const size = kind === 'blob' || !listed.has(digest) ? await store.stat(digest) : undefined;
    if (size !== undefined) await metadata.linkBlob(repository, digest, size);
  }
  await metadata.putManifest({ repository, digest: entry.digest, bytes, facts, tags: entry.tags, required: [] });
  return true;
}

async function readWhole(store: BlobStore, digest: Digest, size: number): Promise<Buffer | undefined> {
  await using reader = await store.open(digest);
  if (reader === undefined || reader.size !== size) return undefined;
  const pieces: Buffer[] = [];
  for await (const chunk of reader.chunks(0, size)) pieces.push(Buffer.from(chunk));
  return Buffer.concat(pieces);
}
