/** A registry's process from spawning it until it is ready, and what it takes to end it again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { DevregError } from '../../errors.ts';
import { type StartMessage, parseStartMessage } from './start-message.ts';

/** Open requests get eight seconds of a registry that is told to end; after this it is no longer waited for. */
export const PATIENCE_MS = 10_000;

/** How to run this program once more. */
export interface Program {
  /** The Node binary. */
  readonly execPath: string;
  /** The script it runs. */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How a child is spawned. */
export interface ChildOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Its working folder. */
  readonly cwd: string;
  /** The descriptor it writes all of its output to. */
  readonly log: number;
}

/** Spawns a process that has its own session, so that neither ^C nor a closed terminal reaches it. */
export function spawnDetached(
  { execPath, script }: Pick<Program, 'execPath' | 'script'>,
  options: ChildOptions,
): ChildProcess {
  const { args, env, cwd, log } = options;
  return spawn(execPath, [script, ...args], { cwd, env, detached: true, stdio: ['ignore', log, log, 'ipc'] });
}

/**
 * Waits for what a child has to say about its start.
 * @returns undefined when it ended without a word
 * @throws the signal's reason when it aborts; DevregError START_FAILED when there was no spawning it
 */
export async function waitForMessage(child: ChildProcess, signal: AbortSignal): Promise<StartMessage | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<StartMessage | undefined>();
  const onMessage = (value: unknown) => {
    const message = parseStartMessage(value);
    if (message !== undefined) resolve(message);
  };
  const onAbort = () => reject(signal.reason);
  const onError = (cause: Error) =>
    reject(new DevregError('failure', 'START_FAILED', `Node could not be started again: ${cause.message}.`, { cause }));
  child
    .on('message', onMessage)
    .once('exit', () => resolve(undefined))
    .once('error', onError);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await promise;
  } finally {
    child.off('message', onMessage);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Ends a child, by force when it takes too long; returns when it is gone. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await gone;
  clearTimeout(timer);
}
