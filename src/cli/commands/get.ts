/** Declares `devreg get …`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addExamples, collect } from './declaration.ts';
import { declareImageList } from './images.ts';

/** Adds the commands. */
export function declareGet(parent: Command, context: Context): void {
  const get = parent
    .command('get')
    .summary('show credentials, clusters, nodes, images')
    .description('Show what there is.');
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
    .option(
      '-o, --output <format>',
      'table, wide, json, yaml, name, jsonpath=…, password, token, env, dockerconfigjson or k8s (default: table)',
    )
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
    ['devreg get secrets -o k8s | kubectl apply -f -', 'a Secret for imagePullSecrets, in the current namespace'],
    ["devreg get secrets -o jsonpath='{[0].token}'", 'one field, without jq'],
  ]);
  declareList(get, 'clusters', 'show the clusters of this user', context);
  declareList(get, 'nodes', 'show the nodes of the clusters of this user', context);
  declareImageList(get.command('images').alias('image'), context);
  addExamples(get, [
    ['devreg get secrets', 'user, password and token'],
    ['devreg get clusters', 'which clusters there are, and how they are'],
    ['devreg get secrets --help', 'all about it'],
  ]);
}

function declareList(get: Command, what: 'clusters' | 'nodes', summary: string, context: Context): void {
  const command = get
    .command(what)
    .alias(what.slice(0, -1))
    .summary(summary)
    .description(
      `${summary.charAt(0).toUpperCase()}${summary.slice(1)}; clusters that devreg did not make are left out.`,
    )
    .option('--name <name>', 'only of this cluster (default: all)')
    .option('-o, --output <format>', 'table, wide, json, yaml, name or jsonpath=… (default: table)')
    .action(async (_flags, self: Command) => {
      const { getClusters, getNodes } = await import('../actions/get-clusters.ts');
      await (what === 'clusters' ? getClusters : getNodes)(context, self.optsWithGlobals());
    });
  addExamples(command, [
    [`devreg get ${what}`, 'a table'],
    [`devreg get ${what} -o json`, 'for scripts'],
  ]);
}
