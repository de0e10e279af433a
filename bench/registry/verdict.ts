/** Whether the bars hold. Pure. */
import type { Results } from './results.ts';
import type { Cell, Row } from './run-rows.ts';

/** How one durability of a row stands beside a peer. */
export interface Verdict {
  readonly row: string;
  readonly durability: 'fast' | 'full';
  /** Times the peer; NaN where one of the two has no figures. */
  readonly ratio: number;
  readonly bar: number;
  /** CPU time of devreg over that of the peer that used the least. */
  readonly cpuRatio: number;
}

/** Judges every bar of a row beside the peer that bars are about. */
export function judge(row: Row, peer: string): readonly Verdict[] {
  const figures = (cell: Cell | undefined) => (cell?.problem === undefined ? cell : undefined);
  const base = figures(row.cells.find(({ server }) => server === peer));
  const others = row.cells.filter(({ server, problem }) => !server.startsWith('devreg') && problem === undefined);
  const leastCpu = Math.min(...others.map(({ cpu }) => cpu));
  return (['fast', 'full'] as const).flatMap((durability) => {
    const bar = row.bar[durability];
    if (bar === undefined) return [];
    const own = figures(row.cells.find(({ server }) => server === `devreg ${durability}`));
    const ratio = (own?.rate ?? Number.NaN) / (base?.rate ?? Number.NaN);
    return [{ row: row.title, durability, ratio, bar, cpuRatio: (own?.cpu ?? Number.NaN) / leastCpu }];
  });
}

/** Judges every row. */
export function judgeAll({ rows, peer }: Results): readonly Verdict[] {
  return rows.flatMap((row) => judge(row, peer));
}

/** How far from its bar; below 1 it does not hold. */
function margin({ ratio, bar }: Verdict): number {
  return Number.isNaN(ratio) ? 0 : ratio / bar;
}

/** The last line of a run: `all bars hold`, or the row that is worst. */
export function sumUp(verdicts: readonly Verdict[]): string {
  const worst = verdicts.toSorted((one, other) => margin(one) - margin(other))[0];
  if (worst === undefined) return 'nothing was measured';
  if (margin(worst) >= 1) return 'all bars hold';
  const ratio = Number.isNaN(worst.ratio) ? 'no figures' : `${worst.ratio.toFixed(2)} ×`;
  return `worst row: ${worst.row} (${worst.durability}): ${ratio}, bar ${worst.bar} ×`;
}
