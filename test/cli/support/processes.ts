/** Programs in processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { execPath } from 'node:process';
import { ENV, SCRIPT } from './world.ts';

/** A program that runs. Disposing kills it. */
export interface RunningProgram extends AsyncDisposable {
  readonly child: ChildProcess;
  /** All it has written so far. */
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Waits until it has written something, to either stream. */
  readonly waitFor: (text: string) => Promise<void>;
  /** Waits until it ends. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts the unbuilt program. */
export function startProgram(
  argv: readonly string[],
  home: string,
  env: Readonly<Record<string, string>> = {},
): RunningProgram {
  const child = spawn(execPath, [SCRIPT, ...argv], {
    cwd: home,
    env: { HOME: home, ...ENV, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += String(text)));
  child.stderr.on('data', (text) => (stderr += String(text)));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return {
    child,
    output: () => ({ stdout, stderr }),
    async waitFor(text) {
      const isOver = () => child.exitCode !== null || child.signalCode !== null;
      while (!`${stdout}${stderr}`.includes(text)) {
        if (isOver()) throw new Error(`It ended without a word of ${text}:\n${stdout}${stderr}`);
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended]);
      }
    },
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The numbers of all processes whose command line has a text in it. */
export async function processesWith(text: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(text)),
  );
  return pids.filter((_, index) => found[index]).map(Number);
}
