/** A program that could not be started, or did not end well. */

/** Why: it is not there, it ended with a code, a signal ended it, it took too long, or it wrote more than is kept. */
export type CommandFailure =
  | { readonly kind: 'absent' }
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'too-much-output' };

/** Tells what was run and what it said, for the rooms above to translate. Secrets are never in arguments. */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
  /** Program and arguments as a person would type them. */
  readonly command: string;
  readonly failure: CommandFailure;
  readonly stdout: string;
  readonly stderr: string;

  constructor(command: string, failure: CommandFailure, output: { readonly stdout: string; readonly stderr: string }) {
    super(`${command}: ${failure.kind}${output.stderr === '' ? '' : `\n${output.stderr}`}`);
    this.command = command;
    this.failure = failure;
    this.stdout = output.stdout;
    this.stderr = output.stderr;
  }
}
