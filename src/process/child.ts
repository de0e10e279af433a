/** One program from its start to its end. */
import { Readable } from 'node:stream';
import { execa } from 'execa';
import type { CommandFailure } from './command-failed-error.ts';
import { readErrorLines } from './error-lines.ts';
import { feedInput } from './feed-input.ts';
import { HAS_GROUPS, type ProcessGroups } from './process-group.ts';
import type { Command } from './runner.ts';

/** Why we ended a program: as its failure is told, or with an error of somebody else's. */
type Cut = CommandFailure | { readonly kind: 'error'; readonly error: unknown };

/** How a program ended. */
export interface Ending {
  readonly cut: Cut | undefined;
  readonly stderr: string;
}

/** A program that runs. Its output must be taken from the start. */
export interface Child {
  readonly stdout: Readable;
  readonly ended: Promise<Ending>;
  /** Ends it; the first reason counts. */
  cut(reason: Cut): void;
}

/** What a system says of a program that it does not find or may not run. */
const ABSENT = new Set(['ENOENT', 'EACCES', 'ENOEXEC', 'ENOTDIR']);

/**
 * Starts a program.
 * @param env all variables it gets
 */
export function startChild(command: Command, env: Record<string, string>, groups: ProcessGroups): Child {
  const child = execa(command.program, command.args, {
    env,
    extendEnv: false,
    stdin: command.input === undefined ? 'ignore' : 'pipe',
    buffer: false,
    reject: false,
    detached: HAS_GROUPS,
    cleanup: !HAS_GROUPS,
  });
  const { pid, stdout, stderr, stdin } = child;
  const tellErrors = readErrorLines(stderr, command.onErrorLine);
  const tellEnding = (result: Result, reason?: Cut): Ending => ({
    cut: reason ?? failureOf(result),
    stderr: tellErrors(),
  });
  if (pid === undefined) {
    dropInput(command);
    return { stdout, ended: child.then((result) => tellEnding(result)), cut: () => {} };
  }
  const group = groups.add(pid);
  let reason: Cut | undefined;
  const cut = (why: Cut): void => {
    if (reason !== undefined || group.isOver()) return;
    reason = why;
    group.end();
    // Nobody may read any more; the program must not wait for that.
    stdout.unpipe();
    stdout.resume();
  };
  if (command.input !== undefined && stdin !== null) {
    feedInput(command.input, stdin).catch((error: unknown) => cut({ kind: 'error', error }));
  }
  const forget = cutLater(command, cut);
  const ended = child.then((result) => {
    forget();
    group.close();
    return tellEnding(result, reason);
  });
  return { stdout, ended, cut };
}

/** Lets go of what a program that never ran would have read. */
export function dropInput({ input }: Command): void {
  if (input instanceof Readable) input.destroy();
}

/** Cuts when the signal aborts or time is over. @returns what forgets about it */
function cutLater({ signal, timeout }: Command, cut: (reason: Cut) => void): () => void {
  const abort = () => cut({ kind: 'error', error: signal?.reason });
  signal?.addEventListener('abort', abort, { once: true });
  const timer = timeout === undefined ? undefined : setTimeout(cut, timeout, { kind: 'timeout' });
  return () => {
    signal?.removeEventListener('abort', abort);
    clearTimeout(timer);
  };
}

interface Result {
  readonly failed: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
  readonly cause?: unknown;
}

function failureOf({ failed, exitCode, signal, code, cause }: Result): Cut | undefined {
  if (signal !== undefined) return { kind: 'killed', signal };
  if (exitCode !== undefined && exitCode !== 0) return { kind: 'exited', exitCode };
  if (!failed) return undefined;
  return code !== undefined && ABSENT.has(code) ? { kind: 'absent' } : { kind: 'error', error: cause };
}
