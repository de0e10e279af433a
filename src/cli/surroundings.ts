/** All that the program takes from the process it runs in, so that tests can give it something else. */
import type { Readable, Writable } from 'node:stream';
import type { Parent } from '../workflows/start-report.ts';

/** A stream to write to that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** A stream to read from that may be a terminal. */
export type Input = Readable & { readonly isTTY?: boolean };

/** The surroundings of one run. */
export interface Surroundings {
  /** Without Node and the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborts when the user, or the system, wants the program to end. */
  readonly signal: AbortSignal;
  /**
   * Has a listener called each time the process is told to read its settings anew (SIGHUP), which ends it while nobody
   * listens. Absent: nobody can tell.
   */
  readonly onReloadSignal?: (listener: () => void) => Disposable;
  /** The process that started this one, if it wants to hear from it. */
  readonly parent: Parent | undefined;
  readonly machine: Machine;
  /** How to run this program once more. */
  readonly program: { readonly execPath: string; readonly script: string };
  readonly now: () => Date;
  /** Whether a name leads to this machine, for programs on this machine. */
  readonly resolvesHere: (host: string, signal: AbortSignal) => Promise<boolean>;
}

/** The machine and its user. */
interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly nodeVersion: string;
  readonly hostname: string;
  readonly home: string;
  readonly user: string;
  /** The working folder. */
  readonly folder: string;
}
