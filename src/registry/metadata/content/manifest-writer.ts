/** Manifests and tags, for writing. */
import type { DatabaseSync } from 'node:sqlite';
import type { ContentMetadata } from '../../core/ports.ts';
import type { Writes } from '../group-commit.ts';
import type { BlobRows } from './blob-rows.ts';
import { FixedTags } from './fixed-tags.ts';
import { ManifestRows } from './manifest-rows.ts';
import { MissingReferences } from './missing-references.ts';
import type { RepositoryRows } from './repository-rows.ts';

type ManifestWriter = Pick<ContentMetadata, 'putManifest' | 'removeManifest' | 'removeTag'>;

/** Its tags and references go with it. */
const REMOVE = 'DELETE FROM manifests WHERE repository = ? AND digest = ?';
const REMOVE_TAG = 'DELETE FROM tags WHERE repository = ? AND name = ?';

/** Prepares the methods of `Metadata` that write manifests and tags. */
export function openManifestWriter(
  database: DatabaseSync,
  repositories: RepositoryRows,
  blobs: BlobRows,
  writes: Writes,
): ManifestWriter {
  const missingReferences = new MissingReferences(database, blobs);
  const manifests = new ManifestRows(database);
  const fixedTags = new FixedTags(database);
  const remove = database.prepare(REMOVE);
  const removeTag = database.prepare(REMOVE_TAG);
  return {
    putManifest: (manifest) =>
      writes.run(() => {
        const known = repositories.find(manifest.repository);
        const missing = missingReferences.find(known, manifest.required);
        if (missing.length > 0) return missing;
        if (known !== undefined) fixedTags.refuseMove(known, manifest);
        const repository = repositories.ensure(manifest.repository);
        const { id, isChanged } = manifests.store(repository, manifest);
        const isMoved = manifests.pointTags(repository, manifest.tags, id);
        if (isChanged || isMoved) repositories.noteChange(repository);
        return [];
      }),
    removeManifest: (name, digest, isFixed) =>
      writes.run(() => {
        const repository = repositories.find(name);
        if (repository !== undefined && isFixed !== undefined) fixedTags.refuseRemoval(repository, digest, isFixed);
        const isRemoved = repository !== undefined && remove.run(repository, digest).changes !== 0;
        if (isRemoved) repositories.noteChange(repository);
        return isRemoved;
      }),
    removeTag: (name, tag) =>
      writes.run(() => {
        const repository = repositories.find(name);
        const isRemoved = repository !== undefined && removeTag.run(repository, tag).changes !== 0;
        if (isRemoved) repositories.noteChange(repository);
        return isRemoved;
      }),
  };
}
