/** Declares `devreg start`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareStart(parent: Command, context: Context): void {
  const command = parent
    .command('start')
    .summary('run a registry or a cluster again that was stopped or ended with the machine')
    .description(
      'Run a registry again that was stopped, or that ended with the machine, with the same ports, password and ' +
        'images. Of a cluster the nodes are started, and whatever is not as it should be is mended: what nodes and ' +
        'pods know of the registry, objects, names in the hosts file, a certificate that is due. It is there when ' +
        'pods can pull. One that runs goes on.',
    )
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--all', 'every registry and cluster of this user')
    .option(
      '--timeout <time>',
      'how long it may take to become ready, such as 30s or 5m (default: 60s, of a cluster 5m)',
    )
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .action(async (_flags, self: Command) => {
      const { startRegistries } = await import('../actions/start.ts');
      await startRegistries(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg start', 'after a reboot, for instance'],
    ['devreg start --all', 'every registry and cluster that was stopped'],
  ]);
}
