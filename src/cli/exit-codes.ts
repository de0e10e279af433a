/** The exit codes, which scripts rely on. */
import { type ErrorKind, isDevregError } from '../errors.ts';

/** The exit code of each sort of failure. */
export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  failure: 1,
  usage: 2,
  'not-found': 3,
  credentials: 4,
  conflict: 5,
  prerequisite: 6,
  timeout: 7,
  'problems-found': 8,
  interrupted: 130,
};

/** The exit code for whatever was thrown. */
export function exitCodeOf(error: unknown): number {
  return isDevregError(error) ? EXIT_CODES[error.kind] : EXIT_CODES.failure;
}
