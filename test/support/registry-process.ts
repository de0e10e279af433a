/** A registry in a process of its own, to be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import type { RegistryConfig } from '../../src/registry/config.ts';
import { REGISTRY_DEFAULTS } from '../../src/registry/defaults.ts';
import type { Trouble } from './registry-process-trouble.ts';

/** What a booted process is told to do. */
export interface RegistryOrder {
  readonly config: RegistryConfig;
  /** What goes wrong from the opening of the registry on. */
  readonly trouble?: Trouble;
}

/** What it tells: where it listens, why it does not, that from now on something goes wrong. */
export type RegistryNews =
  | { readonly ports: readonly number[] }
  | { readonly failure: string }
  | { readonly isInTrouble: true };

/** How a process ended. */
export interface RegistryExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that has loaded the registry's program, perhaps, and waits to be told what to open. */
export interface BootedRegistry extends AsyncDisposable {
  /** @throws RegistryNotOpenedError when the registry could not be opened or the process died before */
  open(order: RegistryOrder): Promise<RunningRegistry>;
}

/** A registry that listens. */
export interface RunningRegistry extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<RegistryExit>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
  /** Has something go wrong from now on; the process may be gone because of it when this resolves. */
  trouble(trouble: Trouble): Promise<void>;
  /** Lines of the log so far, and what the process wrote to standard error. */
  output(): string;
}

/** The process ended, or said why it could not go on, before it listened. */
export class RegistryNotOpenedError extends Error {
  override readonly name = 'RegistryNotOpenedError';
  readonly exit: RegistryExit;

  constructor(exit: RegistryExit, reason: string) {
    super(`The registry did not open: ${reason}`);
    this.exit = exit;
  }
}

/** Node's own default place; what was compiled once loads in half the time. */
const COMPILE_CACHE = join(tmpdir(), 'node-compile-cache');

const ENTRY = join(import.meta.dirname, 'registry-process-entry.ts');

/** The configuration of a registry for tests: open to all on a port of loopback that the system chooses. */
export function testConfig(settings: Pick<RegistryConfig, 'dataDir'> & Partial<RegistryConfig>): RegistryConfig {
  return { ...REGISTRY_DEFAULTS, listen: [{ host: '127.0.0.1', port: 0 }], ...settings };
}

/**
 * Starts a process without waiting for it, so that loading the program goes on beside other things.
 * @param program the entry beside this file, or what `bundleRegistryProcess` made of it
 * @param entering the beginning of the command, when the process shall be started by another program
 */
export function bootRegistry(program: string = ENTRY, entering: readonly string[] = []): BootedRegistry {
  const command = [...entering, execPath, program];
  const child = spawn(command[0] ?? execPath, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  const exited = exitOf(child);
  const output = collectOutput(child);
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    async open(order) {
      const news = nextNews(child);
      child.send(order, () => undefined);
      const first = await Promise.race([news, exited]);
      if (!('ports' in first)) {
        const exit = await exited;
        throw new RegistryNotOpenedError(
          exit,
          'failure' in first ? first.failure : `${exit.signal ?? exit.code} ${output()}`,
        );
      }
      const [port = 0] = first.ports;
      return {
        port,
        pid: child.pid ?? 0,
        exited,
        output,
        kill: (signal) => void child.kill(signal),
        async trouble(trouble) {
          const begun = nextNews(child);
          child.send(trouble, () => undefined);
          await Promise.race([begun, exited]);
        },
        [Symbol.asyncDispose]: end,
      };
    },
    [Symbol.asyncDispose]: end,
  };
}

async function exitOf(child: ChildProcess): Promise<RegistryExit> {
  // `close` comes after the last of the output.
  const [code, signal] = await once(child, 'close');
  return { code, signal };
}

async function nextNews(child: ChildProcess): Promise<RegistryNews> {
  const [news] = await once(child, 'message');
  return news;
}

function collectOutput(child: ChildProcess): () => string {
  const pieces: Buffer[] = [];
  child.stdout?.on('data', (piece: Buffer) => pieces.push(piece));
  child.stderr?.on('data', (piece: Buffer) => pieces.push(piece));
  return () => Buffer.concat(pieces).toString();
}
