/** Declares `devreg stop`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareStop(parent: Command, context: Context): void {
  const command = parent
    .command('stop')
    .summary('end a registry that is a process, and keep everything for start')
    .description(
      'End a registry that is a process of this machine. Open requests get eight seconds to finish; a push that is ' +
        'cut off goes on after the next start. Images, ports, password and trust stay. Nothing is done to one that ' +
        'does not run. Clusters are not stopped yet: the error says how to.',
    )
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--all', 'every registry of this user')
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
