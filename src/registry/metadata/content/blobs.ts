/** Which repository holds which blob. */
import type { DatabaseSync } from 'node:sqlite';
import type { Digest } from '../../../oci/digest.ts';
import type { RepositoryName } from '../../../oci/repository.ts';
import type { ContentMetadata } from '../../core/ports.ts';
import type { Writes } from '../group-commit.ts';
import { integerOf, rowLimit, textOf } from '../rows.ts';
import type { BlobRows } from './blob-rows.ts';
import type { RepositoryRows } from './repository-rows.ts';

type Blobs = Pick<ContentMetadata, 'findBlob' | 'repositoriesWithBlob' | 'linkBlob' | 'mountBlob' | 'unlinkBlob'>;

const FIND = `
SELECT blobs.size FROM repositories
CROSS JOIN blobs ON blobs.repository = repositories.id AND blobs.digest = ?
WHERE repositories.name = ?`;
/** A base layer may be in thousands of repositories: the limit comes first, so that only so many are sorted. */
const HOLDERS = `
SELECT repositories.name FROM (SELECT repository FROM blobs WHERE digest = ? LIMIT ?) AS holders
CROSS JOIN repositories ON repositories.id = holders.repository
ORDER BY repositories.name`;
const UNLINK = 'DELETE FROM blobs WHERE repository = ? AND digest = ?';
const IS_REFERENCED = 'SELECT 1 FROM manifest_references WHERE repository = ? AND digest = ? LIMIT 1';

/** Prepares the methods of `Metadata` about blobs. */
export function openBlobs(
  database: DatabaseSync,
  repositories: RepositoryRows,
  blobs: BlobRows,
  writes: Writes,
): Blobs {
  const find = database.prepare(FIND);
  const holders = database.prepare(HOLDERS);
  const unlink = database.prepare(UNLINK);
  const isReferenced = database.prepare(IS_REFERENCED);

  function findSize(repository: RepositoryName, digest: Digest): { readonly size: number } | undefined {
    const row = find.get(digest, repository);
    return row === undefined ? undefined : { size: integerOf(row, 'size') };
  }

  return {
    findBlob: findSize,
    async repositoriesWithBlob(digest, limit) {
      return holders.all(digest, rowLimit(limit)).map((row) => textOf(row, 'name') as RepositoryName);
    },
    linkBlob: (repository, digest, size) => writes.run(() => blobs.link(repository, digest, size)),
    mountBlob: (from, to, digest) =>
      writes.run(() => {
        const found = findSize(from, digest);
        if (found !== undefined) blobs.link(to, digest, found.size);
        return found !== undefined;
      }),
    unlinkBlob: (repository, digest) =>
      writes.run(() => {
        const id = repositories.find(repository);
        if (id === undefined || !blobs.has(id, digest)) return 'unknown';
        if (isReferenced.get(id, digest) !== undefined) return 'referenced';
        unlink.run(id, digest);
        return 'removed';
      }),
  };
}
