/** Starting programs: what they are given, how they end, and failing with everything they said. */
import { execa } from 'execa';

/** What a program is given besides its arguments. */
export interface ProgramOptions {
  /** Standard input, ended after it; nothing by default. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the program and all it started are killed. */
  readonly timeout?: number;
}

/** How a program ended. */
export interface Finished {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams as they came. */
  readonly output: string;
  readonly timedOut: boolean;
}

/** A program that was started. */
export interface Running {
  readonly pid: number;
  /** Settles when it has ended, however that was. */
  readonly finished: Promise<Finished>;
  /** Signals it and everything it started. */
  kill(signal?: NodeJS.Signals): void;
}

/** A program ended otherwise than the test needs; the message has all it said. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
}

/** Starts a program in a process group of its own, so that what it starts can be ended with it. */
export function start(
  command: string,
  args: readonly string[],
  { input = '', timeout = 0, env = {} }: ProgramOptions = {},
  onLine?: (line: string) => void,
): Running {
  const child = execa(command, args, {
    input,
    env,
    stdout: onLine === undefined ? ['pipe'] : ['pipe', watched(onLine)],
    all: true,
    reject: false,
    extendEnv: false,
    detached: true,
    cleanup: false,
  });
  const { pid } = child;
  if (pid === undefined) throw new ProgramFailed(`${command} could not be started.`);
  const kill = (signal: NodeJS.Signals = 'SIGKILL') => killGroup(pid, signal);
  let timedOut = false;
  const expire = () => {
    timedOut = true;
    kill();
  };
  const timer = timeout === 0 ? undefined : setTimeout(expire, timeout);
  const finished = child.then(({ exitCode, stdout, stderr, all }): Finished => {
    clearTimeout(timer);
    return { exitCode, stdout, stderr, output: all, timedOut };
  });
  return { pid, kill, finished };
}

/** The error for a program that ended as it should not have. */
export function failure(command: string, { exitCode, output, timedOut }: Finished): ProgramFailed {
  const end = timedOut
    ? 'did not end in time and was killed'
    : exitCode === undefined
      ? 'was killed'
      : `ended with ${exitCode}`;
  return new ProgramFailed(`\`${command}\` ${end} and said:\n${output === '' ? '(nothing)' : output}`);
}

/** Passes every line on, and keeps it. */
function watched(onLine: (line: string) => void) {
  return function* pass(line: unknown): Generator<string> {
    onLine(String(line));
    yield String(line);
  };
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
