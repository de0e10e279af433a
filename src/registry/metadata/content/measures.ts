/** How many blobs there are, and how large they are together. */
import type { DatabaseSync } from 'node:sqlite';
import type { SweepMetadata, SweepPlace } from '../../core/sweep-metadata.ts';
import { integerOf, rowLimit, textOf } from '../rows.ts';

const WALK = `
SELECT digest, repository, size FROM blobs
WHERE (digest, repository) > (?, ?) ORDER BY digest, repository LIMIT ?`;

/** Prepares the walk. */
export function openMeasures(database: DatabaseSync): Pick<SweepMetadata, 'measureBlobs'> {
  const walk = database.prepare(WALK);
  return {
    async measureBlobs({ after, rows: count }) {
      const [place = '', repository = '0'] = after?.split(' ') ?? [];
      let [blobs, bytes, last, holder] = [0, 0, place, Number(repository)];
      const rows = walk.all(last, holder, rowLimit(count));
      for (const row of rows) {
        const digest = textOf(row, 'digest');
        if (digest !== last) {
          blobs += 1;
          bytes += integerOf(row, 'size');
        }
        [last, holder] = [digest, integerOf(row, 'repository')];
      }
      return { blobs, bytes, next: rows.length < count ? undefined : (`${last} ${holder}` as SweepPlace) };
    },
  };
}
