/** Upload sessions. */
import type { DatabaseSync } from 'node:sqlite';
import { parseAlgorithm } from '../../../oci/digest.ts';
import type { RepositoryName } from '../../../oci/repository.ts';
import type { ContentMetadata, StoredUpload, UploadId } from '../../core/ports.ts';
import type { SweepMetadata } from '../../core/sweep-metadata.ts';
import type { Writes } from '../group-commit.ts';
import { type Row, dateOf, optionalTextOf, rowLimit, textOf } from '../rows.ts';
import type { BlobRows } from './blob-rows.ts';

type Uploads = Pick<ContentMetadata, 'beginUpload' | 'findUpload' | 'endUpload'> & Pick<SweepMetadata, 'listUploads'>;

const BEGIN = 'INSERT INTO uploads (id, repository, owner, algorithm, started_at) VALUES (?, ?, ?, ?, ?)';
const FIND = 'SELECT id, repository, owner, algorithm, started_at FROM uploads WHERE id = ?';
const LIST = `
SELECT id, repository, owner, algorithm, started_at FROM uploads WHERE id > ? ORDER BY id LIMIT ?`;
const END = 'DELETE FROM uploads WHERE id = ?';

/** Prepares the methods of `Metadata` about upload sessions. */
export function openUploads(database: DatabaseSync, blobs: BlobRows, writes: Writes): Uploads {
  const begin = database.prepare(BEGIN);
  const find = database.prepare(FIND);
  const list = database.prepare(LIST);
  const end = database.prepare(END);
  return {
    beginUpload: ({ id, repository, owner, algorithm, startedAt }) =>
      writes.runUnsynced(() => void begin.run(id, repository, owner ?? null, algorithm, startedAt.getTime())),
    async findUpload(id) {
      const row = find.get(id);
      return row === undefined ? undefined : toUpload(row);
    },
    async listUploads({ after, limit }) {
      return list.all(after ?? '', rowLimit(limit)).map(toUpload);
    },
    endUpload: (id, blob) =>
      writes.run(() => {
        end.run(id);
        if (blob !== undefined) blobs.link(blob.repository, blob.digest, blob.size);
      }),
  };
}

function toUpload(row: Row): StoredUpload {
  const algorithm = parseAlgorithm(textOf(row, 'algorithm'));
  if (algorithm === undefined) throw new TypeError('The column algorithm does not hold a known algorithm.');
  return {
    id: textOf(row, 'id') as UploadId,
    repository: textOf(row, 'repository') as RepositoryName,
    owner: optionalTextOf(row, 'owner'),
    algorithm,
    startedAt: dateOf(row, 'started_at'),
  };
}
