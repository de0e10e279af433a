/** Doubts about a workload become final when they last. */
import type { Doubt, FinalVerdict, Verdict } from './verdict.ts';

/** The doubt there is, with its timer. */
export interface Doubts {
  /**
   * Takes in a verdict; any but the same doubt ends the doubt before.
   * @param conclude gets the verdict once it is final: now, or when its patience is over
   */
  settle(verdict: Verdict, conclude: (verdict: FinalVerdict) => void): void;
  /** Stops the timer. */
  clear(): void;
}

/** @returns no doubts yet */
export function openDoubts(): Doubts {
  let timer: NodeJS.Timeout | undefined;
  let doubt: Doubt | undefined;
  const clear = () => {
    clearTimeout(timer);
    doubt = undefined;
  };
  return {
    clear,
    settle(verdict, conclude) {
      const isSame = verdict.state === 'doubtful' && verdict.cause === doubt?.cause;
      if (!isSame) clear();
      if (verdict.state === 'waiting') return;
      if (verdict.state !== 'doubtful') {
        conclude(verdict);
        return;
      }
      doubt = verdict;
      // What it says last counts, as messages become clearer with time.
      if (!isSame) timer = setTimeout(() => conclude(doubt ?? verdict), verdict.patience);
    },
  };
}
