/** What can be said of a workload that is coming up. */

/** A container, to read the log of. */
export interface ContainerName {
  readonly pod: string;
  readonly container: string;
}

/** A judgement at one moment. Reasons are parts of a sentence, without a full stop. */
export type Verdict =
  | { readonly state: 'up' }
  | { readonly state: 'waiting'; readonly reason: string }
  | Doubt
  /** It will not come up by itself. `ended` is the container that came to an end. */
  | { readonly state: 'failed'; readonly reason: string; readonly ended?: ContainerName };

/** It fails when it stays so for as long as `patience` milliseconds; `cause` tells one trouble from another. */
export interface Doubt {
  readonly state: 'doubtful';
  readonly cause: string;
  readonly reason: string;
  readonly patience: number;
  readonly ended?: ContainerName;
}

/** A verdict that ends the wait. */
export type FinalVerdict = Exclude<Verdict, { state: 'waiting' }>;

const GRAVITY = { up: 0, waiting: 1, doubtful: 2, failed: 3 } as const;

/** @returns the gravest of at least one verdict */
export function gravest(first: Verdict, ...others: readonly Verdict[]): Verdict {
  return others.reduce((worst, verdict) => (GRAVITY[verdict.state] > GRAVITY[worst.state] ? verdict : worst), first);
}

/** A message of the cluster as a part of a sentence: one line, no full stop, not without end. */
export function phrase(message: string | undefined, otherwise: string): string {
  const line = (message ?? '').replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line === '' ? otherwise : line.length > 400 ? `${line.slice(0, 399)}…` : line;
}
