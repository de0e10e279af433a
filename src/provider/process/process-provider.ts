/** Runs registries as processes of this machine that outlive the command which started them. */
import type { ChildProcess } from 'node:child_process';
import { DevregError, translateFileErrors } from '../../errors.ts';
import { removeData } from '../../registry/data-folder.ts';
import { PortInUseError, type RegistryProvider, type StartRequest, type StartedRegistry } from '../provider.ts';
import { type Program, endChild, spawnDetached, waitForMessage } from './child.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { inspectFolder, stopProcess } from './occupant.ts';
import { serveArguments, serveEnvironment } from './serve-arguments.ts';
import { type FailedMessage, KEEP } from './start-message.ts';

/**
 * Makes the provider.
 * @param program how to run this program once more
 * @param host the name of this machine
 */
export function createProcessProvider(program: Program, host: string): RegistryProvider {
  return {
    inspect: (subject) => inspectFolder(subject, host),
    start: (request, signal) => start(program, request, signal),
    stop: (subject, signal) => stopProcess(subject, host, signal),
    removeData: (dataDir) => translateFileErrors(`remove the images in ${dataDir}`, () => removeData(dataDir)),
  };
}

async function start(program: Program, request: StartRequest, signal: AbortSignal): Promise<StartedRegistry> {
  await using log = await openLogFile(request.logFile);
  await using undo = new AsyncDisposableStack();
  const child = spawnDetached(program, {
    args: serveArguments(request),
    env: serveEnvironment(program.env),
    cwd: request.settings.dataDir,
    log: log.descriptor,
  });
  undo.defer(() => endChild(child));
  const [port, registryPort] = await waitUntilReady(child, request, signal, log);
  undo.move();
  return {
    pid: child.pid ?? 0,
    port,
    registryPort,
    keep: () => release(child),
    [Symbol.asyncDispose]: () => endChild(child),
  };
}

async function waitUntilReady(
  child: ChildProcess,
  { timeout, logFile }: StartRequest,
  signal: AbortSignal,
  log: LogFile,
): Promise<readonly [port: number, registryPort: number]> {
  const overdue = AbortSignal.timeout(timeout);
  try {
    const message = await waitForMessage(child, AbortSignal.any([signal, overdue]));
    if (message === undefined) throw await endedEarly(child, logFile, log);
    if (message.type === 'failed') throw toError(message);
    const [port = 0, registryPort = port] = message.ports;
    return [port, registryPort];
  } catch (error) {
    if (error === overdue.reason) throw await overdueError(timeout, logFile, log);
    throw error;
  }
}

/** The message is on its way before the channel closes, and arrives before the news of that. */
async function release(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.send(KEEP, (cause) => {
      if (cause === null) resolve();
      else
        reject(
          new DevregError('failure', 'START_FAILED', 'The registry ended right after it became ready.', { cause }),
        );
    });
  });
  child.disconnect();
  child.unref();
}

function toError({ kind, code, message, hint, port }: FailedMessage): DevregError {
  if (port !== undefined) return new PortInUseError(port, message, hint ?? '');
  return new DevregError(kind, code, message, hint === undefined ? {} : { hint });
}

async function endedEarly(child: ChildProcess, logFile: string, log: LogFile): Promise<DevregError> {
  const how = child.signalCode === null ? `with exit code ${child.exitCode}` : `by ${child.signalCode}`;
  const message = `The registry's process ended ${how} before it was ready.`;
  return new DevregError('failure', 'START_FAILED', message, { hint: await describeLog(logFile, log) });
}

async function overdueError(timeout: number, logFile: string, log: LogFile): Promise<DevregError> {
  const message = `The registry was not ready within ${timeout / 1000} seconds.`;
  return new DevregError('timeout', 'START_TIMEOUT', message, { hint: await describeLog(logFile, log) });
}

async function describeLog(logFile: string, log: LogFile): Promise<string> {
  const lines = await log.tail();
  if (lines.length === 0) return `It wrote nothing to its log, ${logFile}.`;
  return [`The last it wrote to its log, ${logFile}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}
