/** Removes manifests that have no tag and that nothing keeps: no index, no signature, no subject. */
import type { SweepFind, SweepPlace } from '../core/sweep-metadata.ts';
import { ROWS, type Sweep, keepersLookedAt, tallyKept } from './sweep.ts';

/** When one goes, those it kept may go too; so the walk is done again until it comes upon none. */
export async function sweepManifests(sweep: Sweep): Promise<void> {
  for (;;) {
    const { removed, kept } = await walk(sweep);
    sweep.tally.manifests += removed;
    if (removed > 0) continue;
    tallyKept(sweep, kept);
    return;
  }
}

interface Walked {
  readonly removed: number;
  readonly kept: readonly SweepFind[];
}

async function walk(sweep: Sweep): Promise<Walked> {
  const kept: SweepFind[] = [];
  let removed = 0;
  let after: SweepPlace | undefined;
  do {
    const step = await sweep.metadata.sweepManifests({ after, rows: ROWS, keepers: keepersLookedAt(sweep) });
    const garbage = step.found.filter((find) => !sweep.doomed.has(find) && sweep.doomed.leaves(find));
    const free = garbage.filter(({ digest }) => !sweep.isPromised(digest));
    kept.push(...garbage.filter(({ digest }) => sweep.isPromised(digest)));
    removed += await remove(sweep, free);
    after = step.next;
    await sweep.pace.rest();
  } while (after !== undefined);
  return { removed, kept };
}

async function remove({ request, metadata, doomed, isPromised }: Sweep, free: readonly SweepFind[]): Promise<number> {
  if (!request.isDryRun)
    return free.length === 0 ? 0 : (await metadata.removeUntagged(free, (digest) => !isPromised(digest))).length;
  for (const find of free) doomed.add(find);
  return free.length;
}
