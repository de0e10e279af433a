/** Declares `devreg status`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareStatus(parent: Command, context: Context): void {
  const command = parent
    .command('status')
    .summary('show which registries run, where, and since when')
    .description('Show which registries there are, whether they run, under which names, and since when.')
    .option('--name <name>', 'only this registry (default: all)')
    .option('-o, --output <format>', 'table, wide, json, yaml, name or jsonpath=… (default: table)')
    .action(async (_flags, self: Command) => {
      const { showStatus } = await import('../actions/status.ts');
      await showStatus(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg status', 'all registries of this user'],
    ["devreg status -o jsonpath='{[0].names[0]}'", 'the name under which images are pushed'],
  ]);
}
