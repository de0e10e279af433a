/** Declares `devreg logout`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withRegistry } from '../login/registry-word.ts';
import { addExamples, collect } from './declaration.ts';

/** Adds the command. */
export function declareLogout(parent: Command, context: Context): void {
  const command = parent
    .command('logout')
    .summary('log registry clients out')
    .description(
      'Take the logins for the registry out of the files of docker, podman, helm, crane and regctl, and the helper ' +
        'with them. Logins for other registries stay as they are.',
    )
    .argument('[registry]', 'one name of it, such as localhost:5001; a path behind it does not count (default: all)')
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--registry <registry>', 'the same as the word')
    .option('--client <names>', 'docker, podman, helm, crane, regctl or all; crane shares the login of docker', collect)
    .action(async (registry: string | undefined, _flags, self: Command) => {
      const { logout } = await import('../actions/logout.ts');
      await logout(context, withRegistry(self.optsWithGlobals(), registry));
    });
  addExamples(command, [
    ['devreg logout', 'every client, every name'],
    ['devreg logout --client podman', 'podman, skopeo and buildah'],
  ]);
}
