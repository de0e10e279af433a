/** Declares `devreg create`. */
import { type Command, Option } from 'commander';
import { CLUSTER_OPTIONS, REGISTRY_OPTIONS } from '../../config/cluster-options.ts';
import type { Context } from '../context.ts';
import { addExamples, declareAll } from './declaration.ts';

/** Adds the command. */
export function declareCreate(parent: Command, context: Context): void {
  const command = parent
    .command('create')
    .summary('make a cluster with a registry')
    .description(
      'Make a Kubernetes cluster with a registry, TLS and credentials; where there is no container engine, the registry ' +
        'alone, as a process. Run it again to bring everything to what you ask for: images and password stay.',
    );
  declareAll(command, REGISTRY_OPTIONS);
  command
    .option('--rotate-password', 'draw a new password and a new token')
    .option('-o, --output <format>', 'text, json or yaml (default: text)')
    .option(
      '--ci',
      'for a job of a CI: a name and ports of its own, no questions (default: no questions where CI is set)',
    )
    .option('--output-password', 'tell later steps of a GitHub job the password, too')
    .option('-n, --no-exit', 'stay when all is done, until interrupted')
    .addOption(new Option('--build-name <name>', 'the same as --name').hideHelp())
    .optionsGroup('Options for clusters:');
  declareAll(command, CLUSTER_OPTIONS);
  command
    .option('--recreate', 'remove a cluster that is there first')
    .option('--keep-on-failure', 'keep what was begun when something fails')
    .option(
      '--dry-run',
      'show what would be made, or of a cluster that is there what would change; -o yaml: all manifests',
    )
    .action(async (_flags, self: Command) => {
      const { create } = await import('../actions/create.ts');
      await create(context, self.optsWithGlobals());
    });
  addExamples(command, [
    [
      'devreg create --hosts-file --login',
      'a cluster, and a registry at registry.localtest.me:8443 and localhost:5001',
    ],
    ['devreg create --workers 2 --name big', 'one with two more nodes'],
    ['devreg create --profile idpbuilder', 'the registry of idpbuilder, by its own names'],
    ['devreg create --provider process --port 0 --registry-port 0 -o json', 'a registry alone, on ports of its own'],
    ['devreg create --dry-run', 'what would be made, or changed'],
    ['devreg create --rotate-password', 'a new password for the one that runs'],
  ]);
}
