/** Manifests by the subject they refer to. */
import type { DatabaseSync } from 'node:sqlite';
import type { Digest } from '../../../oci/digest.ts';
import type { ContentMetadata, StoredReferrer } from '../../core/ports.ts';
import { type Row, integerOf, optionalTextOf, rowLimit, textOf } from '../rows.ts';
import { readAnnotations } from './annotations.ts';
import type { RepositoryRows } from './repository-rows.ts';

type Referrers = Pick<ContentMetadata, 'listReferrers'>;

const COLUMNS = 'digest, media_type, artifact_type, annotations, length(bytes) AS size';
const LIST = `
SELECT ${COLUMNS} FROM manifests
WHERE repository = ? AND subject = ? AND digest > ? ORDER BY digest LIMIT ?`;
const LIST_OF_TYPE = `
SELECT ${COLUMNS} FROM manifests
WHERE repository = ? AND subject = ? AND artifact_type = ? AND digest > ? ORDER BY digest LIMIT ?`;

/** Prepares the method of `Metadata` about referrers. */
export function openReferrers(database: DatabaseSync, repositories: RepositoryRows): Referrers {
  const list = database.prepare(LIST);
  const listOfType = database.prepare(LIST_OF_TYPE);
  return {
    async listReferrers(repository, subject, { after = '', limit, artifactType }) {
      const id = repositories.find(repository);
      if (id === undefined) return [];
      const rows =
        artifactType === undefined
          ? list.all(id, subject, after, rowLimit(limit))
          : listOfType.all(id, subject, artifactType, after, rowLimit(limit));
      return rows.map(toReferrer);
    },
  };
}

function toReferrer(row: Row): StoredReferrer {
  return {
    digest: textOf(row, 'digest') as Digest,
    mediaType: textOf(row, 'media_type'),
    size: integerOf(row, 'size'),
    artifactType: optionalTextOf(row, 'artifact_type'),
    annotations: readAnnotations(optionalTextOf(row, 'annotations')),
  };
}
