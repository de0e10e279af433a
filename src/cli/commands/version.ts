/** Declares `devreg version`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareVersion(parent: Command, context: Context): void {
  const command = parent
    .command('version')
    .summary('show the version')
    .description('Show the version of devreg, and with wide, json or yaml of what it runs on.')
    .option('-o, --output <format>', 'text, wide, json or yaml (default: text)')
    .action(async (_flags, self: Command) => {
      const { showVersion } = await import('../actions/version.ts');
      await showVersion(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg version', 'the version alone'],
    ['devreg version -o wide', 'also Node and the system, for reports'],
  ]);
}
