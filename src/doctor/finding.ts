/** What a check has found: a state, a sentence, and the command that mends it. Pure. */

/** How it is: as it should be, doubtful, broken, or not looked at. */
type FindingState = 'ok' | 'warning' | 'problem' | 'skipped';

/** One result of one check; the keys are what scripts read. */
export interface Finding {
  /** What was looked at; a check may find several things. */
  readonly check: string;
  readonly state: FindingState;
  /** What is wrong; never changes its meaning. */
  readonly code?: string;
  /** A sentence, or several. */
  readonly message: string;
  /** The command that mends it, to be pasted into a shell; what to do where no command does it. */
  readonly fix?: string;
}

/** It is as it should be. */
export function ok(check: string, message: string): Finding {
  return { check, state: 'ok', message };
}

/** It was not looked at, and why. */
export function skipped(check: string, message: string): Finding {
  return { check, state: 'skipped', message };
}

/** It works, perhaps not well or not for all. */
export function warning(check: string, code: string, message: string, fix?: string): Finding {
  return { check, state: 'warning', code, message, ...(fix !== undefined && { fix }) };
}

/** It does not work. */
export function problem(check: string, code: string, message: string, fix?: string): Finding {
  return { check, state: 'problem', code, message, ...(fix !== undefined && { fix }) };
}

/** Bytes for people. */
export function formatBytes(bytes: number): string {
  const gigabytes = bytes / 1024 ** 3;
  return gigabytes >= 1 ? `${gigabytes.toFixed(1)} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;
}
