/** Declares `devreg rotate`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareRotate(parent: Command, context: Context): void {
  const command = parent
    .command('rotate')
    .summary('draw a new password and a new token')
    .description(
      'Draw a new password and a new token for the administrator, give them to the registry, and log clients in again ' +
        'that were logged in. The old ones are refused from then on.',
    )
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--timeout <time>', 'how long it may take, such as 30s or 10m (default: 5m; 60s for a process)')
    .action(async (_flags, self: Command) => {
      const { rotateCredentials } = await import('../actions/rotate.ts');
      await rotateCredentials(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg rotate', 'new credentials, and clients that know them'],
    ['devreg get secrets', 'what they are'],
  ]);
}
