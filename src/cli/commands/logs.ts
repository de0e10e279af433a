/** Declares `devreg logs`. */
import { Argument, type Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareLogs(parent: Command, context: Context): void {
  const command = parent
    .command('logs')
    .summary('show what the registry says')
    .description('Show the log of a registry, or of the ingress in front of it.')
    .addArgument(new Argument('[source]', 'whose log').choices(['registry', 'ingress']).default('registry'))
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('-f, --follow', 'go on with what comes, until ^C')
    .option('--tail <lines>', 'only so many lines from before (default: all)')
    .action(async (source: 'registry' | 'ingress', _flags, self: Command) => {
      const { showLogs } = await import('../actions/logs.ts');
      await showLogs(context, self.optsWithGlobals(), source);
    });
  addExamples(command, [
    ['devreg logs', 'what the registry has said'],
    ['devreg logs -f --tail 20', 'its last lines, and what comes'],
    ['devreg logs ingress', 'what the ingress in front of it has said'],
  ]);
}
