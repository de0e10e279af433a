/** Declares `devreg images tag`, `delete` and `prune`. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addRegistryOptions } from '../images/declare-options.ts';
import { addExamples } from './declaration.ts';

const ANSWER = 'table, wide, json, yaml, name or jsonpath=… (default: a sentence)';

/** Adds the commands. */
export function declareChanges(images: Command, context: Context): void {
  declareTag(images, context);
  declareDelete(images, context);
  declarePrune(images, context);
}

function declareTag(images: Command, context: Context): void {
  const command = images
    .command('tag')
    .argument('<image>', 'the image')
    .argument('<tags...>', 'the tags it gets')
    .summary('give an image more tags')
    .description('Give an image of a registry more tags in its repository; nothing is moved.')
    .option('-o, --output <format>', ANSWER);
  addRegistryOptions(command).action(async (image: string, tags: readonly string[], _flags, self: Command) => {
    const { addTags } = await import('../actions/images-tag.ts');
    await addTags(context, image, tags, self.optsWithGlobals());
  });
  addExamples(command, [
    ['devreg images tag @app:1.4 1 latest', 'two more tags'],
    ["devreg images tag @app:1.4 stable -o jsonpath='{[0].digest}'", 'for scripts'],
  ]);
}

function declareDelete(images: Command, context: Context): void {
  const command = images
    .command('delete')
    .alias('rm')
    .argument('<images...>', 'tags, or manifests by their digests')
    .summary('delete tags or images')
    .description(
      'Delete tags, and leave what they lead to; or with --digest, and for NAME@DIGEST, the manifest with all its tags. ' +
        'Asks first at a terminal. Space is freed when the registry collects its garbage.',
    )
    .option('--digest', 'delete what a tag leads to, with all its other tags')
    .option('--dry-run', 'say what would go, and delete nothing')
    .option('-o, --output <format>', ANSWER);
  addRegistryOptions(command).action(async (names: readonly string[], _flags, self: Command) => {
    const { removeImages } = await import('../actions/images-delete.ts');
    await removeImages(context, names, self.optsWithGlobals());
  });
  addExamples(command, [
    ['devreg images delete @app:1', 'a tag'],
    ['devreg images delete --digest docker://localhost:5001/fedora:34-aarch64', 'an image, as skopeo delete does'],
  ]);
}

function declarePrune(images: Command, context: Context): void {
  const command = images
    .command('prune')
    .argument('[registry]', 'HOST or HOST:PORT (default: the own registry)')
    .summary('delete old images, and free their space')
    .description(
      'Delete images by number and age, and what has no tag; says first what goes and what that frees, and asks. What a ' +
        'kept tag or index needs stays, with signatures and whatever else refers to it, and so does a tag whose image ' +
        'does not say how old it is. A registry that devreg made collects its garbage right away.',
    )
    .option('--keep-last <count>', 'keep so many tags of each repository, the newest ones')
    .option('--older-than <time>', 'only what is older, such as 30d or 12h')
    .option('--untagged', 'what has no tag; this is the default without the two above')
    .option('--repository <pattern>', 'only repositories whose names match, such as team/*')
    .option('--dry-run', 'say what would go, and delete nothing')
    .option('-o, --output <format>', 'json or yaml (default: a line for each repository)');
  addRegistryOptions(command).action(async (registry: string | undefined, _flags, self: Command) => {
    const { pruneImages } = await import('../actions/images-prune.ts');
    await pruneImages(context, registry, self.optsWithGlobals());
  });
  addExamples(command, [
    ['devreg images prune', 'what has no tag'],
    ['devreg images prune --keep-last 5 --older-than 30d --dry-run', 'what would go'],
  ]);
}
