/** Counts collections of garbage, and what they removed. */
import type { Family } from './text-format.ts';

/** What a collection came to. */
interface CollectionFacts {
  readonly uploads: number;
  readonly manifests: number;
  readonly blobs: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

/** The counts. */
export interface CollectionCounts {
  /** @param at when it ended */
  noteFinished(facts: CollectionFacts, at: Date): void;
  noteFailed(): void;
  families(): readonly Family[];
}

/** Begins to count. */
export function countCollections(): CollectionCounts {
  const runs = { finished: 0, failed: 0 };
  const removed = { uploads: 0, manifests: 0, blobs: 0 };
  let bytes = 0;
  let last: { readonly at: number; readonly seconds: number } | undefined;
  return {
    noteFinished(facts, at) {
      runs.finished += 1;
      removed.uploads += facts.uploads;
      removed.manifests += facts.manifests;
      removed.blobs += facts.blobs;
      bytes += facts.bytes;
      last = { at: at.getTime() / 1000, seconds: facts.milliseconds / 1000 };
    },
    noteFailed() {
      runs.failed += 1;
    },
    families: () => [
      {
        name: 'devreg_gc_runs_total',
        type: 'counter',
        help: 'Collections of garbage that ended, without those that only look.',
        samples: Object.entries(runs).map(([result, value]) => ({ labels: { result }, value })),
      },
      {
        name: 'devreg_gc_removed_total',
        type: 'counter',
        help: 'What collections of garbage removed.',
        samples: Object.entries(removed).map(([kind, value]) => ({ labels: { kind }, value })),
      },
      {
        name: 'devreg_gc_freed_bytes_total',
        type: 'counter',
        help: 'Bytes that collections of garbage freed.',
        samples: [{ value: bytes }],
      },
      {
        name: 'devreg_gc_last_run_timestamp_seconds',
        type: 'gauge',
        help: 'When the last collection of garbage finished.',
        samples: last === undefined ? [] : [{ value: last.at }],
      },
      {
        name: 'devreg_gc_last_run_duration_seconds',
        type: 'gauge',
        help: 'How long the last collection of garbage took.',
        samples: last === undefined ? [] : [{ value: last.seconds }],
      },
    ],
  };
}
