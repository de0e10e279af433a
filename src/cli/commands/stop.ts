/** Declares `devreg stop`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareStop(parent: Command, context: Context): void {
  const command = parent
    .command('stop')
    .summary('end a registry or a cluster, and keep everything for start')
    .description(
      'End a registry that is a process of this machine, or stop the nodes of a cluster after its registry has ended. ' +
        'Open requests get eight seconds to finish; a push that is cut off goes on after the next start. Images, ' +
        'ports, password and trust stay. Nothing is done to one that does not run.',
    )
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--all', 'every registry and cluster of this user')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .action(async (_flags, self: Command) => {
      const { stopRegistries } = await import('../actions/stop.ts');
      await stopRegistries(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg stop', 'end it for now; devreg start brings it back'],
    ['devreg stop --all', 'end all, before this machine is switched off for instance'],
  ]);
}
