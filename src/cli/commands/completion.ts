/** Declares `devreg completion`. */
import { Argument, type Command } from 'commander';
import { SCRIPTS, SHELLS, type Shell } from '../completion/scripts.ts';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareCompletion(parent: Command, { terminal }: Context): void {
  const command = parent
    .command('completion')
    .summary('show what a shell needs to complete command lines')
    .description(
      'Show a script for a shell: with it, commands, options, their values and names of registries are completed.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action((shell: Shell) => terminal.answer(SCRIPTS[shell]));
  addExamples(command, [
    ['source <(devreg completion bash)', 'for this bash'],
    ['devreg completion zsh > "${fpath[1]}/_devreg"', 'for every zsh from now on'],
    ['devreg completion fish > ~/.config/fish/completions/devreg.fish', 'for every fish from now on'],
  ]);
}
