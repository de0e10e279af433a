/** Starts the program kind. */
import type { EngineKind } from '../../engine/engine.ts';
import { CommandFailedError } from '../../process/command-failed-error.ts';
import type { Command, CommandResult, Runner } from '../../process/runner.ts';
import { translateKindFailure } from './kind-failure.ts';

/** kind, as it works with one engine. Errors are DevregErrors, or the signal's reason. */
export type Kind = (
  args: readonly string[],
  options?: Omit<Command, 'program' | 'args' | 'env'>,
) => Promise<CommandResult>;

/** @param engine whose containers are the nodes */
export function createKind(runner: Runner, engine: EngineKind): Kind {
  return async (args, options) => {
    try {
      return await runner.run({ ...options, program: 'kind', args, env: { KIND_EXPERIMENTAL_PROVIDER: engine } });
    } catch (cause) {
      throw cause instanceof CommandFailedError ? translateKindFailure(cause) : cause;
    }
  };
}
