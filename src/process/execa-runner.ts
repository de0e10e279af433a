/** Starts real programs. */
import { PassThrough } from 'node:stream';
import { callbackify } from 'node:util';
import { type Child, dropInput, type Ending, startChild } from './child.ts';
import { CommandFailedError } from './command-failed-error.ts';
import { findProgram } from './find-program.ts';
import { openProcessGroups } from './process-group.ts';
import type { Command, CommandResult, Runner, RunningCommand } from './runner.ts';

/** Bytes of standard output that `run` keeps; what writes more is to be read by `start`. */
const OUTPUT_LIMIT = 16 * 1024 * 1024;

/**
 * Makes a runner.
 * @param env the variables that programs inherit
 */
export function createRunner(env: Readonly<Record<string, string | undefined>>): Runner {
  const groups = openProcessGroups();
  const begin = (command: Command): Child => startChild(command, variables({ ...env, ...command.env }), groups);
  return {
    async run(command) {
      if (command.signal?.aborted === true) dropInput(command);
      command.signal?.throwIfAborted();
      return collect(command, begin(command));
    },
    start: (command) =>
      command.signal?.aborted === true ? refuse(command, command.signal.reason) : attach(command, begin(command)),
    find: (program) => findProgram(program, env),
  };
}

async function collect(command: Command, child: Child): Promise<CommandResult> {
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > OUTPUT_LIMIT) child.cut({ kind: 'too-much-output' });
    else chunks.push(chunk);
  });
  return finish(command, await child.ended, () => Buffer.concat(chunks).toString());
}

function attach(command: Command, child: Child): RunningCommand {
  const done = child.ended.then((ending) => finish(command, ending, () => ''));
  const stdout = new PassThrough({ flush: callbackify(async () => void (await done)) });
  child.stdout.pipe(stdout);
  // What was cut off has no end to be flushed at.
  done.catch((error: unknown) => stdout.writableEnded || stdout.destroy(asError(error)));
  const stop = () => child.cut({ kind: 'killed', signal: 'SIGTERM' });
  stdout.once('close', stop);
  return tolerant({ stdout, done, stop });
}

/** What was never started, because it was called off before. */
function refuse(command: Command, reason: unknown): RunningCommand {
  dropInput(command);
  const stdout = new PassThrough();
  const done = Promise.reject<CommandResult>(asError(reason));
  const refused = tolerant({ stdout, done, stop: () => {} });
  stdout.destroy(asError(reason));
  return refused;
}

/** Output and promise fail alike: whoever watches one of them has seen it. */
function tolerant(running: RunningCommand): RunningCommand {
  running.stdout.on('error', () => {});
  running.done.catch(() => {});
  return running;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason });
}

function finish({ program, args }: Command, { cut, stderr }: Ending, readOutput: () => string): CommandResult {
  if (cut === undefined) return { stdout: readOutput(), stderr };
  if (cut.kind === 'error') throw cut.error;
  throw new CommandFailedError([program, ...args].join(' '), cut, { stdout: readOutput(), stderr });
}

function variables(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
