/** A runner that starts nothing: it plays what a script says each command does. */
import { PassThrough, Readable } from 'node:stream';
import { CommandFailedError, type CommandFailure } from '../../../src/process/command-failed-error.ts';
import type { Command, CommandResult, Runner, RunningCommand } from '../../../src/process/runner.ts';

/** What one command does. Lines for the same command are played in their order, the last one again and again. */
export interface ScriptLine {
  /** Program and arguments, joined by blanks: all of it, or a pattern. */
  readonly argv: string | RegExp;
  /** What it writes; a function is given what it read. */
  readonly stdout?: string | ((input: Buffer) => string | Uint8Array);
  readonly stderr?: string;
  /** 0 by default. */
  readonly exitCode?: number;
  /** It writes and then stays until it is ended. */
  readonly hangs?: boolean;
}

/** What was asked for. */
export interface ScriptedCall {
  readonly argv: string;
  readonly input: string;
  readonly env: Command['env'];
}

/** A runner with a memory. */
export interface ScriptedRunner extends Runner {
  /** Commands that were run and had read their input, in this order. */
  readonly calls: readonly ScriptedCall[];
}

/**
 * Makes a runner. A program that no line begins with is not there; arguments that no line knows are a mistake of the
 * test, told by a plain error.
 * @param programs further programs that are there, when patterns do not tell
 */
export function createScriptedRunner(script: readonly ScriptLine[], programs: readonly string[] = []): ScriptedRunner {
  const calls: ScriptedCall[] = [];
  const left = [...script];
  const present = new Set([
    ...programs,
    ...script.flatMap(({ argv }) => (typeof argv === 'string' ? argv.split(' ', 1) : [])),
  ]);
  const choose = (argv: string): ScriptLine | undefined => {
    const fitting = left.filter((line) => (typeof line.argv === 'string' ? line.argv === argv : line.argv.test(argv)));
    const [first] = fitting;
    if (first !== undefined && fitting.length > 1) left.splice(left.indexOf(first), 1);
    return first;
  };
  const play = async (command: Command): Promise<{ stdout: Buffer; stderr: string }> => {
    const argv = argvOf(command);
    command.signal?.throwIfAborted();
    const line = choose(argv);
    if (line === undefined && present.has(command.program)) throw new Error(`The script has no line for: ${argv}`);
    if (line === undefined) throw failed(argv, { kind: 'absent' });
    const input = await readAll(command.input);
    calls.push({ argv, input: input.toString(), env: command.env });
    const { stdout = '', stderr = '', exitCode = 0, hangs = false } = line;
    const output = Buffer.from(typeof stdout === 'string' ? stdout : stdout(input));
    for (const text of stderr.split('\n').slice(0, stderr.endsWith('\n') ? -1 : undefined))
      if (stderr !== '') command.onErrorLine?.(text);
    if (hangs) await endOf(command, argv, { stdout: output.toString(), stderr });
    if (exitCode !== 0) throw failed(argv, { kind: 'exited', exitCode }, { stdout: output.toString(), stderr });
    return { stdout: output, stderr };
  };
  return {
    calls,
    async run(command) {
      const { stdout, stderr } = await play(command);
      return { stdout: stdout.toString(), stderr };
    },
    start: (command) => startScripted(command, play),
    find: async (program) => (present.has(program) ? `/scripted/${program}` : undefined),
  };
}

function startScripted(
  command: Command,
  play: (command: Command) => Promise<{ stdout: Buffer; stderr: string }>,
): RunningCommand {
  const stopping = new AbortController();
  const stop = () => stopping.abort(failed(argvOf(command), { kind: 'killed', signal: 'SIGTERM' }));
  const signal = AbortSignal.any([stopping.signal, ...(command.signal === undefined ? [] : [command.signal])]);
  const stdout = new PassThrough();
  const done = play({ ...command, signal }).then(
    ({ stdout: output, stderr }): CommandResult => {
      stdout.end(output);
      return { stdout: '', stderr };
    },
    (error: unknown) => {
      const { stdout: output = '' } = error instanceof CommandFailedError ? error : {};
      stdout.write(output);
      stdout.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error instanceof CommandFailedError
        ? new CommandFailedError(error.command, error.failure, { stdout: '', stderr: error.stderr })
        : error;
    },
  );
  stdout.on('error', () => {});
  stdout.once('close', stop);
  done.catch(() => {});
  return { stdout, done, stop };
}

/** Waits until a command that hangs is ended. */
async function endOf({ signal, timeout }: Command, argv: string, output: Output): Promise<never> {
  signal?.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  const timer =
    timeout === undefined ? undefined : setTimeout(() => reject(failed(argv, { kind: 'timeout' }, output)), timeout);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

type Output = Pick<CommandResult, 'stdout' | 'stderr'>;

function failed(
  argv: string,
  failure: CommandFailure,
  output: Output = { stdout: '', stderr: '' },
): CommandFailedError {
  return new CommandFailedError(argv, failure, output);
}

function argvOf({ program, args }: Command): string {
  return [program, ...args].join(' ');
}

async function readAll(input: Command['input'] = ''): Promise<Buffer> {
  return input instanceof Readable
    ? Buffer.concat((await input.toArray()).map((chunk: string | Uint8Array) => Buffer.from(chunk)))
    : Buffer.from(input);
}
