/** What is said when the program fails. Pure. */
import { isDevregError } from '../../errors.ts';
import { exitCodeOf } from '../exit-codes.ts';
import type { Colours } from '../terminal/colours.ts';
import { printable } from '../terminal/printable.ts';

/** How failures are written. */
export interface ErrorStyle {
  readonly colours: Colours;
  /** One line of JSON instead of words. */
  readonly asJson: boolean;
  /** Also where a user's error came from. */
  readonly withStack: boolean;
  /** What to tell when reporting a fault of the program. */
  readonly version: string;
}

/** Writes a failure down: a user's error with its code and what to do, a fault with its stack. */
export function formatError(error: unknown, style: ErrorStyle): string {
  if (error instanceof SuppressedError) {
    const undoing = isDevregError(error.error) ? error.error.message : String(error.error);
    return `${formatError(error.suppressed, style)}\n${style.colours.red('Undoing what was done failed as well:')} ${undoing}`;
  }
  if (style.asJson) return formatAsJson(error);
  return isDevregError(error)
    ? formatUserError(error.message, error.hint, error.code, error, style)
    : formatFault(error, style);
}

/** The error that matters to the exit code: the one that made us undo, not the one of undoing. */
export function mainError(error: unknown): unknown {
  return error instanceof SuppressedError ? mainError(error.suppressed) : error;
}

function formatUserError(
  message: string,
  hint: string | undefined,
  code: string,
  error: Error,
  { colours, withStack }: ErrorStyle,
): string {
  const lines = [`${colours.red('error:')} ${printable(message)}`];
  if (hint) lines.push(indent(printable(hint)));
  lines.push(indent(colours.dim(`code: ${code}`)));
  if (withStack) lines.push(indent(stackOf(error)));
  return lines.join('\n');
}

function formatFault(error: unknown, { colours, version }: ErrorStyle): string {
  return [
    `${colours.red('error:')} devreg failed in a way it never should: ${error instanceof Error ? error.message : String(error)}`,
    indent(stackOf(error)),
    indent(`Please report this with the lines above, what you ran, and: ${version}.`),
    indent(colours.dim('code: UNEXPECTED')),
  ].join('\n');
}

function formatAsJson(error: unknown): string {
  const exitCode = exitCodeOf(error);
  if (isDevregError(error)) {
    const { code, message, hint = null } = error;
    return JSON.stringify({ error: { code, message, hint, exitCode } });
  }
  return JSON.stringify({
    error: { code: 'UNEXPECTED', message: String(error), hint: null, exitCode, stack: stackOf(error) },
  });
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\nCaused by: ${stackOf(error.cause)}`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
