/** Starting other programs: what the rooms above may ask for. */
import type { Readable } from 'node:stream';

/** A program to be started. Arguments are passed as they are: no shell ever sees them. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** What the program reads; nothing when absent. Never put a secret into `args`: everybody can read those. */
  readonly input?: string | Uint8Array | Readable;
  /** Variables beside the inherited ones; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Ends the program, and what it started, when it aborts. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the program is ended. */
  readonly timeout?: number;
  /** Called for every line of standard error while the program runs. */
  readonly onErrorLine?: (line: string) => void;
}

/** What a program left behind, as it wrote it, last line break included. Of a long standard error only the end is kept. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs, with its output to be read as it comes. */
export interface RunningCommand {
  /** Fails as `done` does, so that half an output is never taken for a whole one. Destroying it ends the program. */
  readonly stdout: Readable;
  /** Resolves when the program ended well, which it may only once `stdout` is read. @throws as `run` does */
  readonly done: Promise<CommandResult>;
  /** Asks the program to end. */
  stop(): void;
}

/** Starts programs. */
export interface Runner {
  /**
   * Runs a program to its end.
   * @throws CommandFailedError; the signal's reason when it aborts; what `input` fails with
   */
  run(command: Command): Promise<CommandResult>;
  /** Starts a program whose output is read while it runs; `done.stdout` is then empty. */
  start(command: Command): RunningCommand;
  /** @returns where a program is, by the PATH, or undefined */
  find(program: string): Promise<string | undefined>;
}
