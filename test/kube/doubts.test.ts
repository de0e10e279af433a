/** Doubts that last become failures, and others go. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDoubts } from '../../src/kube/doubts.ts';
import type { FinalVerdict, Verdict } from '../../src/kube/verdict.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const doubt = (cause: string, reason = cause): Verdict => ({ state: 'doubtful', cause, reason, patience: 1_000 });

/** Settles verdicts, each half a second after the one before. @returns what was concluded in all */
function settle(...verdicts: readonly Verdict[]): FinalVerdict[] {
  const concluded: FinalVerdict[] = [];
  const doubts = openDoubts();
  for (const verdict of verdicts) {
    doubts.settle(verdict, (final) => concluded.push(final));
    vi.advanceTimersByTime(500);
  }
  return concluded;
}

describe('doubts', () => {
  it('conclude nothing before their patience is over', () => {
    expect(settle(doubt('a'))).toEqual([]);
  });

  it('conclude once with the last words when they last', () => {
    expect(settle(doubt('a', 'early'), doubt('a', 'late'), doubt('a'))).toEqual([doubt('a', 'late')]);
  });

  it('begin anew after anything else', () => {
    const waiting: Verdict = { state: 'waiting', reason: 'it runs' };
    expect(settle(doubt('a'), waiting, doubt('a'), doubt('b'), doubt('a'))).toEqual([]);
  });

  it('are overtaken by what is final', () => {
    expect(settle(doubt('a'), { state: 'up' }, { state: 'waiting', reason: 'x' })).toEqual([{ state: 'up' }]);
  });

  it('end when they are cleared', () => {
    const doubts = openDoubts();
    doubts.settle(doubt('a'), () => expect.unreachable());
    doubts.clear();
    vi.advanceTimersByTime(5_000);
  });
});
