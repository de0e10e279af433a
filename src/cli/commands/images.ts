/** Declares `devreg images …`, and of it what looks at images. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addRegistryOptions } from '../images/declare-options.ts';
import { addExamples } from './declaration.ts';
import { declareArchives } from './images-archive.ts';
import { declareChanges } from './images-change.ts';
import { declareCopying } from './images-copy.ts';

/** Adds the commands. */
export function declareImages(parent: Command, context: Context): void {
  const images = parent
    .command('images')
    .alias('image')
    .alias('img')
    .summary('list, inspect, copy, sync, delete images')
    .description(
      'Work with images in registries, archives and engines. An image is HOST/NAME:TAG or HOST/NAME@DIGEST, with ' +
        'docker:// before it if wanted; @NAME:TAG is one of the own registry. Elsewhere it is oci:FOLDER[:NAME], ' +
        'oci-archive:FILE[:NAME], dir:FOLDER, docker-archive:FILE[:NAME] or docker-daemon:NAME.',
    );
  takeSkopeoConfig(parent);
  declareImageList(images.command('list').alias('ls'), context);
  declareListTags(images, context);
  declareInspect(images, context);
  declareDigest(images, context);
  declareVerify(images, context);
  declareCopying(images, context);
  declareArchives(images, context);
  declareChanges(images, context);
  addExamples(images, [
    ['devreg images list', 'what is in the own registry'],
    ['devreg images copy alpine:3 @alpine:3', 'from Docker Hub into the own registry'],
  ]);
}

const NAMES = new Set(['images', 'image', 'img']);

/** To the program `--config` is a file for every command; behind `images inspect` it is what it is to skopeo. */
function takeSkopeoConfig(program: Command): void {
  const parse = program.parseOptions.bind(program);
  program.parseOptions = (argv) => {
    const at = argv.indexOf('inspect');
    const isInspect = at > 0 && NAMES.has(argv[at - 1] ?? '');
    return parse(
      argv.map((word, index) => (isInspect && index > at && word === '--config' ? '--configuration' : word)),
    );
  };
}

/** Fills in the command that lists images, which is there by two names. */
export function declareImageList(command: Command, context: Context): void {
  addRegistryOptions(
    command
      .argument('[place]', 'HOST, HOST/NAME, or NAME in the own registry (default: all of the own registry)')
      .summary('list the images of a registry')
      .description('List the images of a registry or repository, with digest, size of all platforms, and age.')
      .option('-o, --output <format>', 'table, wide, json, yaml, name or jsonpath=… (default: table)'),
  ).action(async (place: string | undefined, _flags, self: Command) => {
    const { listImagesOf } = await import('../actions/images-list.ts');
    await listImagesOf(context, place, self.optsWithGlobals());
  });
  addExamples(command, [
    ['devreg images list', 'a table'],
    ['devreg images list -o name', 'references, for other commands'],
  ]);
}

function declareListTags(images: Command, context: Context): void {
  const command = images
    .command('list-tags')
    .alias('tags')
    .argument('<repository>', 'the repository')
    .summary('list the tags of a repository')
    .description('List the tags of a repository, one a line. JSON is what skopeo list-tags prints.')
    .option('-o, --output <format>', 'text, json, yaml or jsonpath=… (default: text)');
  addRegistryOptions(command).action(async (repository: string, _flags, self: Command) => {
    const { listTags } = await import('../actions/images-list-tags.ts');
    await listTags(context, repository, self.optsWithGlobals());
  });
  addExamples(command, [
    ['devreg images list-tags docker://ubuntu', 'of an image on Docker Hub'],
    ["devreg images list-tags @team/app -o json | jq '.Tags'", 'for scripts'],
  ]);
}

function declareInspect(images: Command, context: Context): void {
  const command = images
    .command('inspect')
    .argument('<image>', 'the image')
    .summary('show what an image is')
    .description('Show what an image is, in the JSON of skopeo inspect.')
    .option('--configuration', 'show its configuration; --config does too, as in skopeo')
    .option('--raw', 'show manifest, or configuration, to the byte')
    .option('-n, --no-tags', 'leave out the tags of its repository')
    .option('-f, --format <template>', 'print by a template, such as {{.Digest}}')
    .option('-o, --output <format>', 'json, yaml or jsonpath=… (default: json)')
    .option('--override-os <os>', 'the operating system to choose of an index')
    .option('--override-arch <arch>', 'the processor to choose of an index')
    .option('--override-variant <variant>', 'the variant of the processor');
  addRegistryOptions(command).action(async (image: string, _flags, self: Command) => {
    const { inspect } = await import('../actions/images-inspect.ts');
    await inspect(context, image, self.optsWithGlobals());
  });
  addExamples(command, [
    ['devreg images inspect docker://registry.fedoraproject.org/fedora:latest', 'name, digest, tags, layers'],
    ["devreg images inspect --config @app:1 | jq '.config.Env'", 'its configuration'],
  ]);
}

function declareDigest(images: Command, context: Context): void {
  const command = images
    .command('digest')
    .argument('[images...]', 'images')
    .summary('show the digest of an image')
    .description('Show what images are by their digests, one a line.')
    .option('--manifest <file>', 'the digest of a manifest in a file, as skopeo manifest-digest has it')
    .option('-o, --output <format>', 'table, wide, json, yaml, name or jsonpath=… (default: name, the digest alone)');
  addRegistryOptions(command).action(async (names: readonly string[], _flags, self: Command) => {
    const { showDigests } = await import('../actions/images-digest.ts');
    await showDigests(context, names, self.optsWithGlobals());
  });
  addExamples(command, [
    ['devreg images digest @app:1', 'of an image'],
    ['devreg images digest --manifest manifest.json', 'of a file'],
  ]);
}

function declareVerify(images: Command, context: Context): void {
  const command = images
    .command('verify')
    .argument('[images...]', 'images, repositories or registries (default: all of the own registry)')
    .summary('look whether images are what their digests say')
    .description(
      'Read every blob of images and compare it with its digest. A name without a tag stands for all its tags. Ends ' +
        'with 1 when something is missing or damaged.',
    )
    .option('--fast', 'look only whether everything is there')
    .option('-o, --output <format>', 'json or yaml (default: a line for each finding)');
  addRegistryOptions(command).action(async (names: readonly string[], _flags, self: Command) => {
    const { verify } = await import('../actions/images-verify.ts');
    await verify(context, names, self.optsWithGlobals());
  });
  addExamples(command, [
    ['devreg images verify', 'all of the own registry'],
    ['devreg images verify @app:1 oci:folder:1', 'two images'],
  ]);
}
