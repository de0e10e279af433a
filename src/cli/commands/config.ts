/** Declares `devreg config …`. */
import type { Command } from 'commander';
import { CLUSTER_OPTIONS, REGISTRY_OPTIONS } from '../../config/cluster-options.ts';
import type { Context } from '../context.ts';
import { addExamples, declareAll } from './declaration.ts';

/** Adds the commands. */
export function declareConfig(parent: Command, context: Context): void {
  const config = parent
    .command('config')
    .summary('show what configuration files and variables ask for')
    .description(
      'Show what create is asked for before anything stands on the command line: by DEVREG_* variables, by devreg.yaml ' +
        'of the project, and by config.yaml of the user.',
    );
  declareView(config, context);
  declarePath(config, context);
  declareSchema(config, context);
  declareRender(config, context);
  addExamples(config, [
    ['devreg config view', 'what is asked for, and where'],
    ['devreg config schema > devreg.schema.json', 'for an editor'],
  ]);
}

function declareView(config: Command, context: Context): void {
  const command = config
    .command('view')
    .summary('show what is asked for')
    .description('Show what variables and configuration files ask for, in the form of a configuration file.')
    .option('-o, --output <format>', 'yaml or json (default: yaml)')
    .option('--sources', 'say where each option is from')
    .action(async (_flags, self: Command) => {
      const { viewConfig } = await import('../actions/config.ts');
      await viewConfig(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg config view', 'a file that says all of it'],
    ['devreg config view --sources', 'with the line or the variable that says so'],
  ]);
}

function declarePath(config: Command, context: Context): void {
  const command = config
    .command('path')
    .summary('show which configuration files are read')
    .description('Show the paths of the configuration files that are read, the one that counts first at the beginning.')
    .action(async (_flags, self: Command) => {
      const { showConfigPaths } = await import('../actions/config.ts');
      await showConfigPaths(context, self.optsWithGlobals());
    });
  addExamples(command, [
    ['devreg config path', 'one path a line'],
    ['devreg config path --config ci/devreg.yaml', 'with another file in the place of the project’s'],
  ]);
}

function declareSchema(config: Command, context: Context): void {
  const command = config
    .command('schema')
    .summary('show what may stand in a configuration file')
    .description('Show the JSON Schema of configuration files.')
    .action(async () => {
      const { showConfigSchema } = await import('../actions/config.ts');
      await showConfigSchema(context);
    });
  addExamples(command, [
    [
      'devreg config schema > devreg.schema.json',
      'then begin devreg.yaml with # yaml-language-server: $schema=devreg.schema.json',
    ],
    ["devreg config schema | jq '.properties | keys'", 'every option'],
  ]);
}

function declareRender(config: Command, context: Context): void {
  const render = config
    .command('render')
    .summary('show what would be made')
    .description('Show what create would give to other programs; nothing is made.');
  const command = render
    .command('kind')
    .summary('show the configuration that kind would get')
    .description('Show the configuration that kind would get, with the options that create has.')
    .action(async (_flags, self: Command) => {
      const { renderKind } = await import('../actions/config-render.ts');
      await renderKind(context, self.optsWithGlobals());
    });
  declareAll(command, REGISTRY_OPTIONS);
  command.optionsGroup('Options for clusters:');
  declareAll(command, CLUSTER_OPTIONS);
  addExamples(command, [
    ['devreg config render kind', 'the first part of create --dry-run'],
    ['devreg config render kind --workers 2 > kind.yaml', 'of another cluster'],
  ]);
}
