/** Declares `devreg images export`, `import`, `push` and `pull`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addPlatformOptions, addRegistryOptions } from '../images/declare-options.ts';
import { addExamples } from './declaration.ts';

const ANSWER = 'table, wide, json, yaml, name or jsonpath=… (default: a sentence for each image)';

/** Adds the commands. */
export function declareArchives(images: Command, context: Context): void {
  declareExport(images, context);
  declareImport(images, context);
  declareEngine(images, 'push', context);
  declareEngine(images, 'pull', context);
}

function declareExport(images: Command, context: Context): void {
  const command = images
    .command('export')
    .argument('<images...>', 'images')
    .summary('write images into one archive')
    .description('Write images into one archive that docker, podman, ctr, kind, skopeo and crane read.')
    .option('-o, --output <file>', 'the archive, or - for standard output (default: -)')
    .option('--compress <kind>', 'gzip or zstd (default: not at all, as kind and crane want it)')
    .option('--digestfile <file>', 'write digests and names to a file')
    .option('-q, --quiet', 'say nothing but errors');
  addRegistryOptions(addPlatformOptions(command)).action(async (names: readonly string[], _flags, self: Command) => {
    const { exportTo } = await import('../actions/images-archive.ts');
    await exportTo(context, names, self.optsWithGlobals());
  });
  addExamples(command, [
    ['devreg images export @app:1 @db:2 -o images.tar', 'two images'],
    ['devreg images export @app:1 --compress zstd | ssh host devreg images import -', 'through a pipe'],
  ]);
}

function declareImport(images: Command, context: Context): void {
  const command = images
    .command('import')
    .argument('<file>', 'an archive or folder of any kind, or - for standard input')
    .argument('[image]', 'the name of the only image there (default: the names that the archive has)')
    .summary('put the images of an archive into a registry')
    .description(
      'Put the images of an archive or folder into the own registry, by their names there without the registry. ' +
        'Archives may be compressed by gzip or zstd.',
    )
    .option('--prefix <text>', 'put before every name')
    .option('-q, --quiet', 'say nothing but errors')
    .option('-o, --output <format>', ANSWER);
  addRegistryOptions(addPlatformOptions(command)).action(
    async (file: string, image: string | undefined, _flags, self: Command) => {
      const { importFrom } = await import('../actions/images-archive.ts');
      await importFrom(context, file, image, self.optsWithGlobals());
    },
  );
  addExamples(command, [
    ['docker save app:1 | devreg images import -', 'from a pipe'],
    ['devreg images import layout @team/app:1', 'a folder, by another name'],
  ]);
}

const ENGINE_WORDS = {
  push: {
    summary: 'copy images of an engine into the own registry',
    description: 'Copy images of docker or podman on this machine into the own registry, by the same names.',
    example: 'app:1 of docker becomes app:1 of the registry',
  },
  pull: {
    summary: 'copy images of the own registry into an engine',
    description: 'Copy images of the own registry into docker or podman, called as the registry has them.',
    example: 'docker has it as localhost:5001/app:1 then',
  },
} as const;

function declareEngine(images: Command, verb: 'push' | 'pull', context: Context): void {
  const { summary, description, example } = ENGINE_WORDS[verb];
  const command = images
    .command(verb)
    .argument('<images...>', 'names of images')
    .summary(summary)
    .description(description)
    .option('--engine <engine>', 'docker or podman (default: docker)')
    .option('-q, --quiet', 'say nothing but errors')
    .option('-o, --output <format>', ANSWER);
  addRegistryOptions(addPlatformOptions(command)).action(async (names: readonly string[], _flags, self: Command) => {
    const { push, pull } = await import('../actions/images-engine.ts');
    await (verb === 'push' ? push : pull)(context, names, self.optsWithGlobals());
  });
  addExamples(command, [
    [`devreg images ${verb} app:1`, example],
    [`devreg images ${verb} --engine podman app:1 db:2 -o json`, 'two images of podman, for scripts'],
  ]);
}
