/** Declares `devreg delete`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples } from './declaration.ts';

/** Adds the command. */
export function declareDelete(parent: Command, context: Context): void {
  const command = parent
    .command('delete')
    .summary('remove a cluster or a registry, and take back what create wrote')
    .description(
      'Remove a cluster, or stop a registry that is a process, and take back what create wrote for other programs. ' +
        'Images in a folder of this machine and the password are kept for the next create, unless --volumes says ' +
        'otherwise; images in a cluster go with it. --all --volumes also removes what was kept by an earlier delete.',
    )
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--all', 'every cluster and registry of this user')
    .option('--prefix <text>', 'with --all: those only whose names begin so, such as ci-')
    .option('--volumes', 'remove images, password and token as well, for good')
    .action(async (_flags, self: Command) => {
      const { deleteRegistries } = await import('../actions/delete.ts');
      await deleteRegistries(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg delete', 'stop it; its images are there again after the next create'],
    ['devreg delete --name ci --volumes --yes', 'leave nothing of it, without being asked'],
    ['devreg delete --all --prefix ci- --volumes --yes', 'what jobs of a CI have left behind'],
  ]);
}
