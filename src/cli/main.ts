/** The door of the command-line tool: the process, its signals and its exit code. Nothing else touches `process`. */
import { homedir, hostname, userInfo } from 'node:os';
import { DevregError } from '../errors.ts';
import { hostsFileOf, resolvesHere } from '../workflows/name-resolution.ts';
import type { Parent } from '../workflows/start-report.ts';
import { run } from './run.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const { argv, env, stdin, stdout, stderr, platform, arch, execPath } = process;
const controller = new AbortController();
for (const name of SIGNALS) process.on(name, onSignal);
// Whoever read our answer had enough of it, as `head` does.
for (const stream of [stdout, stderr]) stream.on('error', ignoreClosedPipe);

process.exitCode = await run({
  argv: argv.slice(2),
  env,
  stdin,
  stdout,
  stderr,
  signal: controller.signal,
  onReloadSignal,
  parent: process.send === undefined ? undefined : openParent(),
  machine: {
    platform,
    arch,
    nodeVersion: process.version,
    hostname: hostname(),
    home: homedir(),
    user: userName(),
    folder: process.cwd(),
  },
  program: { execPath, script: argv[1] ?? '' },
  now: () => new Date(),
  resolvesHere: (host, signal) => resolvesHere(host, signal, hostsFileOf(platform)),
});

/**
 * The first signal asks to end; another one ends the process as if nobody listened. We listen until then: what cares
 * for the terminal's cursor ends the process itself as soon as it finds that nobody else does.
 */
function onSignal(name: NodeJS.Signals): void {
  if (controller.signal.aborted) {
    for (const each of SIGNALS) process.off(each, onSignal);
    process.kill(process.pid, name);
    return;
  }
  if (name === 'SIGINT' && stderr.isTTY) stderr.write('\nStopping; ^C once more ends at once.\n');
  controller.abort(new DevregError('interrupted', 'INTERRUPTED', 'Interrupted.'));
}

function onReloadSignal(listener: () => void): Disposable {
  process.on('SIGHUP', listener);
  return { [Symbol.dispose]: () => void process.off('SIGHUP', listener) };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** In some containers the user has a number only. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 0}`;
  }
}

function openParent(): Parent {
  return {
    send: (message) =>
      new Promise((resolve) => {
        process.send?.(message, () => resolve());
      }),
    listen: () =>
      new Promise((resolve) => {
        process.once('message', resolve).once('disconnect', () => resolve(undefined));
        if (!process.connected) resolve(undefined);
      }),
    hangUp() {
      if (process.connected) process.disconnect();
    },
  };
}
