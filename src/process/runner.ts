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
  /** Ends the program when it aborts. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the program is ended. */
  readonly timeout?: number;
  /** Called for every line of standard error while the program runs. */
  readonly onErrorLine?: (line: string) => void;
}

/** What a program left behind. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs, with its output to be read as it comes. */
export interface RunningCommand {
  readonly stdout: Readable;
  /** Resolves when the program ended well. @throws CommandFailedError */
  readonly done: Promise<CommandResult>;
  /** Asks the program to end. */
  stop(): void;
}

/** Starts programs. */
export interface Runner {
  /**
   * Runs a program to its end.
   * @throws CommandFailedError; the signal's reason when it aborts
   */
  run(command: Command): Promise<CommandResult>;
  /** Starts a program whose output is read while it runs; `done.stdout` is then empty. */
  start(command: Command): RunningCommand;
  /** @returns where a program is, by the PATH, or undefined */
  find(program: string): Promise<string | undefined>;
}
