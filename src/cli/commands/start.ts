/** Declares `devreg start`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareStart(parent: Command, context: Context): void {
  const command = parent
    .command('start')
    .summary('run a registry again that was stopped or ended with the machine')
    .description(
      'Run a registry again that was stopped, or that ended with the machine, with the same ports, password and ' +
        'images. Nothing is done to one that runs. Clusters are not started yet: the error says how to.',
    )
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--all', 'every registry of this user')
    .option('--timeout <time>', 'how long it may take to become ready, such as 30s or 5m (default: 60s)')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .action(async (_flags, self: Command) => {
      const { startRegistries } = await import('../actions/start.ts');
      await startRegistries(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg start', 'after a reboot, for instance'],
    ['devreg start --all', 'every registry that was stopped'],
  ]);
}
