/** Starts the program kind. */
import { setTimeout as wait } from 'node:timers/promises';
import type { EngineKind } from '../../engine/engine.ts';
import { DevregError } from '../../errors.ts';
import { CommandFailedError } from '../../process/command-failed-error.ts';
import type { Command, CommandResult, Runner } from '../../process/runner.ts';
import { translateKindFailure } from './kind-failure.ts';

/** kind, as it works with one engine. Errors are DevregErrors, or the signal's reason. */
export type Kind = (
  args: readonly string[],
  options?: Omit<Command, 'program' | 'args' | 'env'>,
) => Promise<CommandResult>;

/** Whoever changes a kubeconfig has a file beside it for that time; kind gives up when there is one (client-go, lockFile). */
const LOCKED = /failed to lock config file: open (\S+): file exists/;

/** Milliseconds between tries, and how many there are: others hold it for a moment, and only a crash leaves it. */
const RETRY_MS = 100;
const TRIES = 100;

/**
 * @param engine whose containers are the nodes
 * @param retryMs between tries to get at a kubeconfig
 */
export function createKind(runner: Runner, engine: EngineKind, retryMs: number = RETRY_MS): Kind {
  return async (args, options) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await runner.run({ ...options, program: 'kind', args, env: { KIND_EXPERIMENTAL_PROVIDER: engine } });
      } catch (cause) {
        if (!(cause instanceof CommandFailedError)) throw cause;
        const [, lock] = LOCKED.exec(cause.stderr) ?? [];
        if (lock === undefined) throw translateKindFailure(cause);
        if (tries === TRIES) throw kubeconfigLocked(lock, cause);
        await wait(retryMs, undefined, { ...(options?.signal && { signal: options.signal }) });
      }
    }
  };
}

function kubeconfigLocked(lock: string, cause: unknown): DevregError {
  const message = `Another program has kept the kubeconfig to itself for ten seconds: ${lock} is there.`;
  const hint = `When no kind and no kubectl runs, it was left behind: remove it with rm ${lock}, and run the command again.`;
  return new DevregError('conflict', 'KUBECONFIG_LOCKED', message, { hint, cause });
}
