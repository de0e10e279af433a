/** Takes blobs out of repositories that have no manifest for them. */
import type { SweepFind, SweepPlace } from '../core/sweep-metadata.ts';
import { ROWS, type Sweep, keepersLookedAt, tallyKept } from './sweep.ts';

/** Their bytes go afterwards, when no repository has them any more. */
export async function sweepBlobs(sweep: Sweep): Promise<void> {
  const { metadata, doomed, isPromised, tally, pace } = sweep;
  let after: SweepPlace | undefined;
  do {
    const step = await metadata.sweepBlobs({ after, rows: ROWS, keepers: keepersLookedAt(sweep) });
    const garbage = step.found.filter((find) => doomed.leaves(find));
    const kept = garbage.filter(({ digest }) => isPromised(digest));
    tallyKept(sweep, kept);
    tally.unlinked += await remove(
      sweep,
      garbage.filter((find) => !kept.includes(find)),
    );
    after = step.next;
    await pace.rest();
  } while (after !== undefined);
}

async function remove({ request, metadata, doomed, isPromised }: Sweep, free: readonly SweepFind[]): Promise<number> {
  if (!request.isDryRun)
    return free.length === 0 ? 0 : (await metadata.removeUnreferenced(free, (digest) => !isPromised(digest))).length;
  for (const find of free) doomed.add(find);
  return free.length;
}
