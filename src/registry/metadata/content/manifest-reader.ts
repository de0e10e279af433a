/** Manifests and tags, for reading. */
import type { DatabaseSync } from 'node:sqlite';
import type { Digest } from '../../../oci/digest.ts';
import type { Tag } from '../../../oci/repository.ts';
import type { ContentMetadata, StoredManifest } from '../../core/ports.ts';
import { type Row, bytesOf, integerOf, rowLimit, textOf } from '../rows.ts';
import type { RepositoryRows } from './repository-rows.ts';

type ManifestReader = Pick<ContentMetadata, 'findManifest' | 'listTags' | 'listManifests'>;

const FIND_BY_DIGEST = `
SELECT manifests.digest, manifests.media_type, manifests.bytes FROM repositories
CROSS JOIN manifests ON manifests.repository = repositories.id AND manifests.digest = ?
WHERE repositories.name = ?`;
const FIND_BY_TAG = `
SELECT manifests.digest, manifests.media_type, manifests.bytes FROM repositories
CROSS JOIN tags ON tags.repository = repositories.id AND tags.name = ?
CROSS JOIN manifests ON manifests.id = tags.manifest
WHERE repositories.name = ?`;
const LIST_TAGS = 'SELECT name FROM tags WHERE repository = ? AND name > ? ORDER BY name LIMIT ?';
const LIST_MANIFESTS = `
SELECT id, digest, media_type, bytes FROM manifests
WHERE repository = ? AND digest > ? ORDER BY digest LIMIT ?`;
const TAGS_OF_MANIFEST = 'SELECT name FROM tags WHERE manifest = ? ORDER BY name';

/** Prepares the methods of `Metadata` that read manifests and tags. */
export function openManifestReader(database: DatabaseSync, repositories: RepositoryRows): ManifestReader {
  const findByDigest = database.prepare(FIND_BY_DIGEST);
  const findByTag = database.prepare(FIND_BY_TAG);
  const listTags = database.prepare(LIST_TAGS);
  listTags.setReturnArrays(true);
  const listManifests = database.prepare(LIST_MANIFESTS);
  const tagsOfManifest = database.prepare(TAGS_OF_MANIFEST);
  return {
    findManifest(repository, reference) {
      const row = (isDigest(reference) ? findByDigest : findByTag).get(reference, repository);
      return row === undefined ? undefined : toManifest(row);
    },
    listTags(repository, { after = '', limit }) {
      const id = repositories.find(repository);
      return id === undefined ? undefined : listTags.all(id, after, rowLimit(limit)).map(toOnlyTag);
    },
    async listManifests(repository, { after = '', limit }) {
      const id = repositories.find(repository);
      if (id === undefined) return [];
      return listManifests.all(id, after, rowLimit(limit)).map((row) => ({
        ...toManifest(row),
        tags: tagsOfManifest.all(integerOf(row, 'id')).map(toTag),
      }));
    },
  };
}

/** No tag holds a colon, every digest does. */
function isDigest(reference: Tag | Digest): reference is Digest {
  return reference.includes(':');
}

function toManifest(row: Row): StoredManifest {
  return {
    digest: textOf(row, 'digest') as Digest,
    mediaType: textOf(row, 'media_type'),
    bytes: bytesOf(row, 'bytes'),
  };
}

/** A row that is an array of one column: a list of thousands takes less than half the time as of rows with names. */
function toOnlyTag(row: Row): Tag {
  return textOf(row, '0') as Tag;
}

function toTag(row: Row): Tag {
  return textOf(row, 'name') as Tag;
}
