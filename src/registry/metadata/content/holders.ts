/** Who still has a digest, and until when an earlier process's word holds. */
import type { DatabaseSync } from 'node:sqlite';
import type { Digest } from '../../../oci/digest.ts';
import type { SweepMetadata } from '../../core/sweep-metadata.ts';
import type { Writes } from '../group-commit.ts';
import { integerOf, rowLimit } from '../rows.ts';

type Holders = Pick<SweepMetadata, 'countHolders' | 'findPromiseEnd' | 'notePromiseEnd'>;

const COUNT_BLOBS = 'SELECT count(*) AS count FROM (SELECT 1 FROM blobs WHERE digest = ? LIMIT ?) AS holders';
const COUNT_MANIFESTS = 'SELECT count(*) AS count FROM (SELECT 1 FROM manifests WHERE digest = ? LIMIT ?) AS holders';
const FIND_PROMISE_END = "SELECT value FROM counters WHERE name = 'promise-end'";
const NOTE_PROMISE_END = `
INSERT INTO counters (name, value) VALUES ('promise-end', ?) ON CONFLICT DO UPDATE SET value = excluded.value`;

/** What stands for an end that is open; no time is before 1970. */
const OPEN = -1;

/** Prepares the methods of `Metadata` about holders and promises. */
export function openHolders(database: DatabaseSync, writes: Writes): Holders {
  const counts = [database.prepare(COUNT_BLOBS), database.prepare(COUNT_MANIFESTS)];
  const findPromiseEnd = database.prepare(FIND_PROMISE_END);
  const notePromiseEnd = database.prepare(NOTE_PROMISE_END);

  const count = (digest: Digest, limit: number): number =>
    counts.reduce(
      (sum, statement) => sum + integerOf(statement.get(digest, rowLimit(limit)) ?? { count: 0 }, 'count'),
      0,
    );
  return {
    // The answer waits for the sync of what was committed before, so that no removed row comes back after a power cut.
    countHolders: (digests, limit) => writes.run(() => digests.map((digest) => count(digest, limit))),
    async findPromiseEnd() {
      const row = findPromiseEnd.get();
      const value = row === undefined ? OPEN : integerOf(row, 'value');
      return value === OPEN ? 'open' : new Date(value);
    },
    notePromiseEnd: (end) => writes.run(() => void notePromiseEnd.run(end === 'open' ? OPEN : end.getTime())),
  };
}
