/** Declares `devreg login`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withRegistry } from '../login/registry-word.ts';
import { addExamples, collect } from './declaration.ts';

/** Adds the command. */
export function declareLogin(parent: Command, context: Context): void {
  const command = parent
    .command('login')
    .summary('log docker, podman, helm, crane and regctl in')
    .description(
      'Log every registry client of this machine in, to every name of the registry that leads here. The registry is ' +
        'asked first, and logins for other registries stay as they are. skopeo and buildah share the login of podman.',
    )
    .argument('[registry]', 'one name of it, such as localhost:5001; a path behind it does not count (default: all)')
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option('--registry <registry>', 'the same as the word')
    .option('--client <names>', 'docker, podman, helm, crane, regctl or all; repeat it or separate by commas', collect)
    .option('-u, --username <name>', 'somebody else than the administrator; takes --password-stdin')
    .option('--password-stdin', 'read password or access token from standard input')
    .option('--helper', 'let clients ask docker-credential-devreg each time instead of keeping the password')
    .option('--print', 'show the commands, or the settings, instead of logging in')
    .action(async (registry: string | undefined, _flags, self: Command) => {
      const { login } = await import('../actions/login.ts');
      await login(context, withRegistry(self.optsWithGlobals(), registry));
    });
  addExamples(command, [
    ['devreg login', 'every client, every name'],
    ['devreg login --helper', 'no password in any file, and none that is out of date'],
    ['devreg login localhost:5001 --client docker', 'docker alone, to one name'],
    ['devreg login --print', 'what would be run'],
  ]);
}
