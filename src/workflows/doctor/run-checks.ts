/** Runs checks side by side, each in its time: one that fails or hangs is a finding, and no harm to the others. */
import { type Finding, problem } from '../../doctor/finding.ts';
import { DevregError, isDevregError } from '../../errors.ts';

/** A check: what it is called, and what finds out. */
export interface Check {
  readonly name: string;
  /** Milliseconds it may take. */
  readonly limit: number;
  /** The signal aborts when its time is over. */
  readonly run: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

/**
 * Runs them all.
 * @returns what they found, in the order of the checks
 * @throws the signal's reason when it aborts
 */
export async function runChecks(checks: readonly Check[], signal: AbortSignal): Promise<Finding[]> {
  const findings = await Promise.all(checks.map((check) => runCheck(check, signal)));
  signal.throwIfAborted();
  return findings.flat();
}

async function runCheck({ name, limit, run }: Check, outer: AbortSignal): Promise<readonly Finding[]> {
  try {
    return await within(limit, run, outer);
  } catch (error) {
    return [toFinding(name, error)];
  }
}

/**
 * Does work in its time, whether or not it heeds the signal.
 * @throws DevregError CHECK_TIMEOUT; what the work throws; the outer signal's reason when that aborts
 */
export async function within<T>(
  limit: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer: AbortSignal,
): Promise<T> {
  const overdue = AbortSignal.timeout(limit);
  const signal = AbortSignal.any([outer, overdue]);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(signal), aborted]);
  } catch (error) {
    if (!overdue.aborted || outer.aborted) throw error;
    throw new DevregError('timeout', 'CHECK_TIMEOUT', `This was not found out within ${limit / 1000} s.`);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What could not be looked at is told by the error that looking ended with. */
export function toFinding(name: string, error: unknown): Finding {
  if (isDevregError(error)) return problem(name, error.code, error.message, error.hint);
  return problem(
    name,
    'CHECK_FAILED',
    `This could not be looked at: ${error instanceof Error ? error.message : String(error)}.`,
  );
}
