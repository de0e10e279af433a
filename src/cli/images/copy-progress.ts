/** Shows how far copying has come: bytes, rate and time left where there is a terminal for it. */
import type { CopyObserver } from '../../copy/copy-image.ts';
import { formatBytes, formatSeconds } from './sizes.ts';

/** What a progress is shown by. */
export interface CopyDisplay {
  /** Replaces what was shown before. */
  readonly show: (text: string) => void;
  /** Milliseconds, counted from anywhere. */
  readonly now: () => number;
}

/** Hears copying, and is told what else there is to say. */
export interface CopyProgress extends CopyObserver {
  /** Such as `3 of 50 images`. */
  readonly say: (prefix: string) => void;
}

/** Often enough to look alive. */
const INTERVAL_MS = 200;

/** A rate over less time than this is a guess. */
const RATE_MS = 1_000;

/** Makes a progress. */
export function createCopyProgress({ show, now }: CopyDisplay): CopyProgress {
  const started = now();
  let prefix = '';
  let shownAt = Number.NEGATIVE_INFINITY;
  let total = 0;
  let moved = 0;
  let done = 0;
  const update = () => {
    const time = now();
    if (time - shownAt < INTERVAL_MS) return;
    shownAt = time;
    show(describe({ prefix, total, done: Math.min(done + moved, total), moved, time: time - started }));
  };
  return {
    say(text) {
      prefix = text;
      update();
    },
    onBlob({ size }) {
      total += size;
      update();
    },
    onBytes(count) {
      moved += count;
      update();
    },
    onBlobDone({ size }, outcome) {
      // What was there already took no time, and says nothing about the rate.
      if (outcome !== 'copied') done += size;
      update();
    },
  };
}

interface Standing {
  readonly prefix: string;
  readonly total: number;
  readonly done: number;
  readonly moved: number;
  readonly time: number;
}

/** @returns `3 of 50 images, 12 MB of 45 MB, 10 MB/s, 3 s left` */
export function describe({ prefix, total, done, moved, time }: Standing): string {
  const parts = [prefix, ...(total === 0 ? [] : [`${formatBytes(done)} of ${formatBytes(total)}`])];
  const rate = (moved / time) * 1_000;
  if (time >= RATE_MS && moved > 0) {
    parts.push(`${formatBytes(rate)}/s`);
    if (done < total) parts.push(`${formatSeconds((total - done) / rate)} left`);
  }
  return parts.filter((part) => part !== '').join(', ');
}
