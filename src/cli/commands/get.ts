/** Declares `devreg get …`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples, collect } from './declaration.ts';

/** Adds the commands. */
export function declareGet(parent: Command, context: Context): void {
  const get = parent.command('get').summary('show credentials').description('Show what a registry has.');
  const secrets = get
    .command('secrets')
    .alias('secret')
    .summary('show user, password and token')
    .description('Show user, password and token of a registry. JSON and YAML are always arrays.')
    .option('--name <name>', 'name of the registry (default: the only one there is, else devreg)')
    .option(
      '-p, --packages <names>',
      'only of these packages: registry (or gitea); repeat it or separate by commas',
      collect,
    )
    .option('-o, --output <format>', 'table, wide, json, yaml, name, jsonpath=… or password (default: table)')
    .action(async (_flags, self: Command) => {
      const { getSecrets } = await import('../actions/get-secrets.ts');
      await getSecrets(context, self.optsWithGlobals());
    });
  addExamples(secrets, [
    ['devreg get secrets -p registry', 'a table'],
    [
      'devreg get secrets -p registry -o password | docker login -u giteaAdmin --password-stdin localhost:5001',
      'log in without seeing the password',
    ],
    ["devreg get secrets -p registry -o json | jq '.[0].data.password' -r", 'one field, by jq'],
    ["devreg get secrets -o jsonpath='{[0].token}'", 'one field, without jq'],
  ]);
  addExamples(get, [
    ['devreg get secrets', 'user, password and token'],
    ['devreg get secrets --help', 'all about it'],
  ]);
}
