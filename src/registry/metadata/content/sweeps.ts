/** The walks over manifests and blobs that look for garbage, and its removal. */
import type { DatabaseSync } from 'node:sqlite';
import type { Digest } from '../../../oci/digest.ts';
import type { RepositoryName } from '../../../oci/repository.ts';
import type { MayRemove, SweepItem, SweepMetadata, SweepPlace, SweepStep } from '../../core/sweep-metadata.ts';
import type { Writes } from '../group-commit.ts';
import { type Row, integerOf, rowLimit, textOf } from '../rows.ts';
import { Keepers } from './keepers.ts';
import type { RepositoryRows } from './repository-rows.ts';

type Sweeps = Pick<SweepMetadata, 'sweepManifests' | 'removeUntagged' | 'sweepBlobs' | 'removeUnreferenced'>;

const WALK_MANIFESTS = `
SELECT manifests.id, manifests.repository, repositories.name, manifests.digest, length(manifests.bytes) AS size,
  EXISTS (SELECT 1 FROM tags WHERE tags.manifest = manifests.id) AS tagged
FROM manifests CROSS JOIN repositories ON repositories.id = manifests.repository
WHERE manifests.id > ? ORDER BY manifests.id LIMIT ?`;
const WALK_BLOBS = `
SELECT blobs.repository, repositories.name, blobs.digest, blobs.size
FROM blobs CROSS JOIN repositories ON repositories.id = blobs.repository
WHERE (blobs.repository, blobs.digest) > (?, ?) ORDER BY blobs.repository, blobs.digest LIMIT ?`;
const FIND_UNTAGGED = `
SELECT id FROM manifests
WHERE repository = ? AND digest = ? AND NOT EXISTS (SELECT 1 FROM tags WHERE tags.manifest = manifests.id)`;
const REMOVE_MANIFEST = 'DELETE FROM manifests WHERE id = ?';
const REMOVE_BLOB = 'DELETE FROM blobs WHERE repository = ? AND digest = ?';

/** Prepares them. */
export function openSweeps(database: DatabaseSync, repositories: RepositoryRows, writes: Writes): Sweeps {
  const walkManifests = database.prepare(WALK_MANIFESTS);
  const walkBlobs = database.prepare(WALK_BLOBS);
  const findUntagged = database.prepare(FIND_UNTAGGED);
  const removeManifest = database.prepare(REMOVE_MANIFEST);
  const removeBlob = database.prepare(REMOVE_BLOB);
  const keepers = new Keepers(database);

  const removeIfUntagged = ({ repository, digest }: SweepItem, mayRemove: MayRemove): boolean => {
    const id = repositories.find(repository);
    const row = id === undefined ? undefined : findUntagged.get(id, digest);
    if (id === undefined || row === undefined || keepers.ofManifest(id, digest, 1).length > 0) return false;
    if (!mayRemove(digest)) return false;
    removeManifest.run(integerOf(row, 'id'));
    repositories.noteChange(id);
    return true;
  };
  const removeIfUnreferenced = ({ repository, digest }: SweepItem, mayRemove: MayRemove): boolean => {
    const id = repositories.find(repository);
    if (id === undefined || keepers.ofBlob(id, digest, 1).length > 0 || !mayRemove(digest)) return false;
    return removeBlob.run(id, digest).changes !== 0;
  };
  return {
    async sweepManifests({ after = '0', rows: count, keepers: limit }) {
      const rows = walkManifests.all(Number(after), rowLimit(count));
      const untagged = rows.filter((row) => integerOf(row, 'tagged') === 0);
      return {
        found: untagged.map((row) =>
          toFind(row, keepers.ofManifest(integerOf(row, 'repository'), digestIn(row), limit)),
        ),
        next: nextPlace(rows, count, (last) => String(integerOf(last, 'id'))),
      };
    },
    async sweepBlobs({ after, rows: count, keepers: limit }) {
      const rows = walkBlobs.all(...blobPlace(after), rowLimit(count));
      return {
        found: rows.map((row) => toFind(row, keepers.ofBlob(integerOf(row, 'repository'), digestIn(row), limit))),
        next: nextPlace(rows, count, (last) => `${integerOf(last, 'repository')} ${digestIn(last)}`),
      };
    },
    removeUntagged: (items, mayRemove) => writes.run(() => items.filter((item) => removeIfUntagged(item, mayRemove))),
    removeUnreferenced: (items, mayRemove) =>
      writes.run(() => items.filter((item) => removeIfUnreferenced(item, mayRemove))),
  };
}

function blobPlace(after: SweepStep['after']): [repository: number, digest: string] {
  const [repository = '0', digest = ''] = after?.split(' ') ?? [];
  return [Number(repository), digest];
}

function nextPlace(rows: readonly Row[], count: number, placeOf: (last: Row) => string): SweepPlace | undefined {
  const last = rows.at(-1);
  return last === undefined || rows.length < count ? undefined : (placeOf(last) as SweepPlace);
}

function toFind(row: Row, keepers: readonly Digest[]) {
  return {
    repository: textOf(row, 'name') as RepositoryName,
    digest: digestIn(row),
    size: integerOf(row, 'size'),
    keepers,
  };
}

function digestIn(row: Row): Digest {
  return textOf(row, 'digest') as Digest;
}
