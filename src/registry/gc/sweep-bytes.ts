/** Removes bytes that no repository has as a blob or manifest: what the other sweeps left, or a crash. */
import type { Digest } from '../../oci/digest.ts';
import type { Sweep } from './sweep.ts';

/** Contents looked at in one go. */
const BATCH = 32;

/** Removals at a time; few, so that the store is left to requests. */
const AT_A_TIME = 4;

interface StoredBytes {
  readonly digest: Digest;
  readonly size: number;
  readonly changedAt: Date;
}

/** Looks at everything that is stored. */
export async function sweepBytes(sweep: Sweep): Promise<void> {
  let batch: StoredBytes[] = [];
  for await (const stored of sweep.store.list()) {
    if (stored.changedAt < sweep.bytesOlderThan) batch.push(stored);
    if (batch.length >= BATCH) {
      await sweepBatch(sweep, batch);
      batch = [];
    }
    await sweep.pace.rest();
  }
  await sweepBatch(sweep, batch);
}

/** Most are some repository's; that is asked first, since whoever works with a digest that is claimed has to wait. */
async function sweepBatch(sweep: Sweep, batch: readonly StoredBytes[]): Promise<void> {
  const suspects: StoredBytes[] = [];
  for (const stored of batch) if (await isSuspect(sweep, stored.digest)) suspects.push(stored);
  if (suspects.length > 0) await removeUnlessHeld(sweep, suspects);
}

async function isSuspect({ metadata, doomed }: Sweep, digest: Digest): Promise<boolean> {
  return doomed.holders(digest) > 0 || (await metadata.repositoriesWithBlob(digest, 1)).length === 0;
}

async function removeUnlessHeld(sweep: Sweep, suspects: readonly StoredBytes[]): Promise<void> {
  using claims = new DisposableStack();
  const claimed = suspects.filter(({ digest }) => claims.use(sweep.leases.claim(digest)) !== undefined);
  const holders = await countRemaining(sweep, claimed);
  const garbage = claimed.filter((_, index) => holders[index] === 0);
  for (let first = 0; first < garbage.length; first += AT_A_TIME)
    await Promise.all(garbage.slice(first, first + AT_A_TIME).map((stored) => removeBytes(sweep, stored)));
}

/** How many repositories have each, but for those that would lose it. */
async function countRemaining({ metadata, doomed }: Sweep, batch: readonly StoredBytes[]): Promise<number[]> {
  const lost = batch.map(({ digest }) => doomed.holders(digest));
  const counts = await metadata.countHolders(
    batch.map(({ digest }) => digest),
    Math.max(...lost, 0) + 1,
  );
  return counts.map((count, index) => count - (lost[index] ?? 0));
}

async function removeBytes({ request, store, tally, onFailure }: Sweep, { digest, size }: StoredBytes): Promise<void> {
  try {
    if (!request.isDryRun && !(await store.remove(digest))) return;
    tally.blobs += 1;
    tally.bytes += size;
  } catch (error) {
    tally.failures += 1;
    onFailure(digest, error);
  }
}
